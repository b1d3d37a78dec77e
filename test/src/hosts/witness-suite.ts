// What every witness must do, wherever it runs and whatever keeps its leases: one transcript, the same from each of them.
import { RealClock } from "@systole/sdk/testkit";
import { clusterKey } from "@systole/witness";
import { WitnessClient, type Asked } from "@systole/witness/client";

export const SECRET = "one secret for all clusters of this witness";
/** Of the witnesses of this suite: short, so that a test can wait for it. */
export const LONGEST_MS = 1500;
const RACES = 25;
const HOUR_MS = 3_600_000;

export interface Asks {
  /** As `fetch` does. */
  (url: string, init: RequestInit): Promise<Response>;
}

export interface WitnessRun {
  readonly transcript: readonly string[];
  readonly races: number;
  readonly tookMs: number;
}

/** By address: what was fetched last, and the status of its answer. Several witnesses are asked at the same time. */
const lastSent = new Map<string, { readonly init: RequestInit; readonly status: number }>();
const realFetch = globalThis.fetch;
globalThis.fetch = async (to, init = {}) => {
  const response = await realFetch(to, init);
  lastSent.set(String(to), { init, status: response.status });
  return response;
};

const live = (): AbortSignal => AbortSignal.timeout(10_000);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class OffClock extends RealClock {
  constructor(private readonly offMs: number) {
    super();
  }
  override wallMs(): number {
    return super.wallMs() + this.offMs;
  }
}

/** `url`: where it is asked. `ask`: sends as it is told what is not a question of a node. */
export async function runWitness(url: string, ask: Asks): Promise<WitnessRun> {
  const beganMs = performance.now();
  const transcript: string[] = [];
  const say = (line: string): number => transcript.push(line);
  const node = async (cluster = "web", offMs = 0, keyOf = cluster): Promise<WitnessClient> =>
    new WitnessClient({ url, cluster, key: await clusterKey(SECRET, keyOf), clock: new OffClock(offMs) });
  const [alpha, bravo] = [await node("web", HOUR_MS), await node("web", -HOUR_MS)];
  const acquire = async (client: WitnessClient, holder: string): Promise<string> =>
    told(await client.acquire(holder, LONGEST_MS, live()));

  say(`a new cluster: ${await acquire(alpha, "alpha")}`);
  await (await node("mail")).hello("alpha", live());
  await ready(alpha);
  await ready(await node("mail"));
  say(`alpha, an hour ahead: ${await acquire(alpha, "alpha")}`);
  say(`alpha again: ${await acquire(alpha, "alpha")}`);
  say(`bravo, an hour behind: ${await acquire(bravo, "bravo")}`);
  say(`bravo of another cluster: ${await acquire(await node("mail"), "bravo")}`);
  say(`with another cluster's key: ${await acquire(await node("web", 0, "mail"), "bravo")}`);
  const [heldMs, grantedMs] = [performance.now(), await untilGranted(bravo, "bravo")];
  say(`bravo, when the lease is over: granted 2, not before: ${grantedMs - heldMs > LONGEST_MS / 2}`);
  await bravo.release("bravo", 2, live());
  say(`alpha, when it is given back: ${await acquire(alpha, "alpha")}`);
  await alpha.release("alpha", alpha.epoch, live());
  for (const line of await badQuestions(url, ask)) say(line);
  say(`two at once, ${RACES} times: ${await race(alpha, bravo)}`);
  return { transcript, races: RACES, tookMs: performance.now() - beganMs };
}

export const TRANSCRIPT: readonly string[] = [
  "a new cluster: not-yet",
  "alpha, an hour ahead: granted 1",
  "alpha again: granted 1",
  "bravo, an hour behind: held by alpha",
  "bravo of another cluster: granted 1",
  "with another cluster's key: unreachable",
  "bravo, when the lease is over: granted 2, not before: true",
  "alpha, when it is given back: granted 3",
  "fetched: 405",
  "without a signature: 401",
  "too long: 413",
  "taken: 200",
  "replayed: 409",
  "re-dated: 401",
  "truncated: 401",
  `two at once, ${RACES} times: one each time`,
];

function told(asked: Asked): string {
  if (asked.kind === "unreachable") return asked.kind;
  const { answer } = asked;
  if (answer.result === "granted") return `granted ${answer.epoch}`;
  return answer.result === "held" ? `held by ${answer.holder}` : answer.result;
}

async function ready(client: WitnessClient): Promise<void> {
  for (;;) {
    const asked = await client.hello("greeter", live());
    const readyInMs =
      asked.kind === "answered" && asked.answer.result === "known" ? asked.answer.readyInMs : 100;
    if (readyInMs === 0) return;
    await pause(readyInMs + 1);
  }
}

async function untilGranted(client: WitnessClient, holder: string): Promise<number> {
  for (const untilMs = performance.now() + 20_000; performance.now() < untilMs; await pause(20)) {
    const asked = await client.acquire(holder, LONGEST_MS, live());
    if (asked.kind === "answered" && asked.answer.result === "granted") return asked.askedAtMs;
  }
  return Number.NaN;
}

/** A recorded question, sent again as it was and changed. */
async function badQuestions(url: string, ask: Asks): Promise<readonly string[]> {
  const key = await clusterKey(SECRET, "web");
  const spy = new WitnessClient({ url, cluster: "web", key, clock: new RealClock() });
  await spy.hello("spy", live());
  const { init, status } = lastSent.get(url) ?? { init: {}, status: 0 };
  const headers = init.headers as Record<string, string>;
  const body = String(init.body);
  const send = async (change: RequestInit): Promise<number> =>
    (await ask(url, { method: "POST", headers, body, ...change })).status;
  const later = new Date(Date.now() + 1000).toISOString();
  return [
    `fetched: ${(await ask(url, {})).status}`,
    `without a signature: ${await send({ headers: {} })}`,
    `too long: ${await send({ body: "x".repeat(70_000) })}`,
    `taken: ${status}`,
    `replayed: ${await send({})}`,
    `re-dated: ${await send({ headers: { ...headers, "systole-date": later } })}`,
    `truncated: ${await send({ body: body.slice(0, -1) })}`,
  ];
}

async function race(alpha: WitnessClient, bravo: WitnessClient): Promise<string> {
  for (let count = 0; count < RACES; count += 1) {
    const ask = (client: WitnessClient, holder: string) => client.acquire(holder, LONGEST_MS, live());
    const asked = await Promise.all([ask(alpha, "alpha"), ask(bravo, "bravo")]);
    const said = asked.map(told);
    const winner = said.findIndex((line) => line.startsWith("granted"));
    if (said.filter((line) => line.startsWith("granted")).length !== 1) return `${count}: ${said.join(", ")}`;
    const epoch = Number(said[winner]?.split(" ")[1]);
    if (winner === 0) await alpha.release("alpha", epoch, live());
    else await bravo.release("bravo", epoch, live());
  }
  return "one each time";
}
