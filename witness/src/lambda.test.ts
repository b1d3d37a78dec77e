// Events of AWS: what HTTP and MQTT bring to the same handler, and what is no question at all.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { answerTopic, lambdaWitness, type WitnessMessage } from "./lambda.js";
import { live, Wire } from "./testing/wire.js";

let wire: Wire;
let published: { readonly topic: string; readonly payload: string }[];

beforeEach(async () => {
  published = [];
  wire = new Wire();
  vi.stubGlobal("fetch", wire.fetch);
  await wire.introduce();
});
afterEach(() => void vi.unstubAllGlobals());

/** As a node would publish it, with a path that has a query. */
async function messageOf(request: Request): Promise<WitnessMessage> {
  const { pathname, search } = new URL(request.url);
  return {
    path: pathname + search,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  };
}

const publish = async (topic: string, payload: string): Promise<void> =>
  void published.push({ topic, payload });

it("a message of an IoT rule is answered to a topic of its own, as the call itself is", async () => {
  const answer = lambdaWitness({ handler: wire.handler, publish });
  wire.between = async (request) => {
    const { statusCode, headers, body } = await answer(await messageOf(request));
    return new Response(body, { status: statusCode, headers });
  };
  const node = await wire.node();
  expect(await node.acquire("alpha", 1000, live())).toMatchObject({
    answer: { result: "granted", epoch: 1 },
  });
  const id = wire.requests.at(-1)?.headers.get("systole-id") ?? "";
  expect(published.map(({ topic }) => topic)).toEqual([`systole/witness/answer/web/${id}`]);
  expect(JSON.parse(published[0]?.payload ?? "")).toMatchObject({ statusCode: 200 });
});

it("a stranger's message is answered to no topic", async () => {
  const answer = lambdaWitness({ handler: wire.handler, publish });
  const headers = { "systole-key": "web", "systole-id": crypto.randomUUID() };
  expect(await answer({ path: "/", headers, body: "{}" })).toMatchObject({ statusCode: 401 });
  expect(published).toEqual([]);
});

it("a message is answered by what is returned where nothing publishes", async () => {
  const answer = lambdaWitness({ handler: wire.handler });
  expect(await answer({ path: "/a?b?c", headers: {}, body: "" })).toMatchObject({ statusCode: 401 });
});

it.each([
  [{}],
  [{ path: "/", headers: {} }],
  [{ path: "no slash", headers: {}, body: "" }],
  [{ path: "/", headers: { a: 1 }, body: "" }],
  [{ path: "/", headers: null, body: "" }],
  [{ Records: [] }],
])("%j is refused by an error that Lambda counts", async (event) => {
  const answer = lambdaWitness({ handler: wire.handler });
  await expect(answer(event as unknown as WitnessMessage)).rejects.toThrow(
    "neither an HTTP request nor a question",
  );
});

it.each([
  ["a/b", "0".repeat(36)],
  ["web", "#"],
  ["", "0".repeat(36)],
])("a topic is made of names only: not of %j and %j", (cluster, id) => {
  expect(answerTopic(cluster, id)).toBeUndefined();
});
