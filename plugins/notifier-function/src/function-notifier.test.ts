// A notifier and its function over real HTTP on the loopback interface: in order, at least once, and bounded.
import { Clock, definePlugin, Notifier, type ClusterEvent } from "@systole/sdk";
import { serve } from "@systole/sdk/functions";
import { listen, type ListeningFunction } from "@systole/sdk/functions/node";
import {
  contractFor,
  RealClock,
  RecordingLogger,
  runContract,
  service,
  TestHost,
} from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FunctionNotifier } from "./function-notifier.js";
import plugin from "./index.js";

const KEY = "a-key-that-is-long-enough-to-be-one";
const live = (): AbortSignal => new AbortController().signal;
const event = (name: string): ClusterEvent => ({
  name,
  severity: "info",
  atWallMs: 1_700_000_000_000,
  node: "alpha",
  fields: {},
});

/** Tells the right time, and waits a thousandth of it. */
class HurriedClock extends RealClock {
  override wakeAt(atMs: number, wake: () => void): () => void {
    return super.wakeAt(this.nowMs() + (atMs - this.nowMs()) / 1000, wake);
  }
}

let told: ClusterEvent[];
let mood: "working" | "refusing" | "stalled" | "gone";
/** Answers that get lost from now on. */
let losses: number;
let listening: ListeningFunction;
let host: TestHost | undefined;

beforeEach(async () => {
  process.env["NOTIFIER_FUNCTION_TEST"] = KEY;
  await again();
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  await listening.close();
  delete process.env["NOTIFIER_FUNCTION_TEST"];
});

async function again(): Promise<void> {
  told = [];
  mood = "working";
  losses = 0;
  const pager = definePlugin({
    name: "pager",
    runtimes: ["node"],
    register: (given) => given.provide(Notifier, "pager", { inject: [], create: () => ({ notify }) }),
  });
  const served = serve(pager, { keyOf: () => KEY });
  const fetch = async (request: Request): Promise<Response> => {
    if (mood === "gone") return new Response("", { status: 502 });
    const response = await served.fetch(request);
    losses -= 1;
    return losses >= 0 ? new Response("", { status: 504 }) : response;
  };
  listening = await listen({ fetch }, { port: 0 });
}

async function notify(one: ClusterEvent): Promise<void> {
  if (mood === "stalled") await new Promise(() => undefined);
  if (mood === "refusing" || one.name === "odd") throw new Error("nobody reads this");
  told.push(one);
}

async function open(settings: object = {}): Promise<Notifier> {
  const config = {
    functions: {
      pager: { url: listening.url, key: { env: "NOTIFIER_FUNCTION_TEST" }, cluster: "web", ...settings },
    },
  };
  host = await TestHost.boot(plugin, { config, services: [service(Clock, new HurriedClock())] });
  return host.get(Notifier, "pager");
}

const names = (): string[] => told.map(({ name }) => name);
async function soon(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 15_000 }).toBe(true);
}

it("keeps the contract", async () => {
  const results = await runContract(contractFor("notifier"), {
    open: async () => {
      await host?.stop();
      await listening.close();
      await again();
      return {
        notifier: await open(),
        told: async () => told,
        break: async () => void (mood = "refusing"),
        mend: async () => void (mood = "working"),
        stall: async () => void (mood = "stalled"),
      };
    },
  });
  expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
});

describe("events", () => {
  it("whose answer got lost are told once", async () => {
    const notifier = await open();
    losses = 2;
    await notifier.notify(event("one"), live());
    expect(names()).toEqual(["one"]);
    expect(host?.log.of("function.call-repeated")).toHaveLength(2);
  });

  it("that nobody took are told before the next, in order", async () => {
    const notifier = await open();
    mood = "gone";
    for (const name of ["one", "two"])
      await expect(notifier.notify(event(name), live())).rejects.toThrow(/502/);
    mood = "working";
    await notifier.notify(event("three"), live());
    expect(names()).toEqual(["one", "two", "three"]);
  });

  it("that nobody took are told later, though nothing else happens", async () => {
    const notifier = await open();
    mood = "gone";
    await expect(notifier.notify(event("one"), live())).rejects.toThrow(/502/);
    mood = "working";
    await soon(() => names().join() === "one");
    await soon(() => host?.log.of("notifier.caught-up").length === 1);
    expect(host?.log.of("notifier.caught-up")).toMatchObject([{ fields: { notifier: "pager", events: 1 } }]);
  });

  it("beyond what can wait push out the oldest, and the log names it", async () => {
    let isThere = false;
    const client: ConstructorParameters<typeof FunctionNotifier>[0] = {
      async ask(call, _withinMs, read) {
        if (!isThere) return { ok: false, isUnknown: true, reason: "gone" };
        if ("event" in call) told.push(call.event);
        const answer = read({ ok: true });
        return answer === undefined
          ? { ok: false, isUnknown: false, reason: "nonsense" }
          : { ok: true, answer };
      },
    };
    const log = new RecordingLogger();
    const notifier = new FunctionNotifier(client, { withinMs: 1000 }, new HurriedClock(), log);
    await expect(notifier.notify(event("never"), AbortSignal.abort())).rejects.toThrow(/abort/);
    for (let index = 0; index <= 256; index += 1)
      await expect(notifier.notify(event(`event-${index}`), live())).rejects.toThrow("gone");
    isThere = true;
    await soon(() => told.length >= 256);
    expect([names()[0], names().at(-1), told.length]).toEqual(["event-1", "event-256", 256]);
    expect(log.of("notifier.dropped")).toMatchObject([{ fields: { event: "event-0" } }]);
    await notifier.stop();
  });

  it("that the function never takes do not hold up the others for ever", async () => {
    const notifier = await open();
    await expect(notifier.notify(event("odd"), live())).rejects.toThrow(
      "the function says: nobody reads this",
    );
    await notifier.notify(event("one"), live()).catch(() => undefined);
    await soon(() => names().join() === "one");
    expect(host?.log.of("notifier.dropped")).toMatchObject([
      { fields: { event: "odd", reason: "the function says: nobody reads this" } },
    ]);
  });

  it("that wait when the node leaves are counted", async () => {
    const notifier = await open();
    await host?.start();
    mood = "gone";
    await notifier.notify(event("one"), live()).catch(() => undefined);
    await host?.stop();
    expect(host?.log.of("notifier.untold")).toMatchObject([{ fields: { events: 1 } }]);
  });
});

it("tells the notifier that is meant", async () => {
  await (await open({ notifier: "pager" })).notify(event("one"), live());
  const other = await open({ notifier: "mail" });
  await expect(other.notify(event("two"), live())).rejects.toThrow(
    'this function has not notifier "mail": it has pager',
  );
  expect(names()).toEqual(["one"]);
});

it.each([
  [{ url: "ftp://x" }, /url: must begin with https/],
  [{ key: KEY }, /must say where the key is/],
])("the configuration %j is refused", async (settings, problem) => {
  await expect(open(settings)).rejects.toThrow(problem);
});
