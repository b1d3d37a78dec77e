// Witnesses on the loopback interface, and nodes that ask them: each node a quorum of its own.
import { type Quorum, timeLimit } from "@systole/sdk";
import { listen, type ListeningFunction } from "@systole/sdk/functions/node";
import { RealClock, RecordingLogger } from "@systole/sdk/testkit";
import {
  clusterKey,
  keysFrom,
  LeasesInMemory,
  processClock,
  witness,
  type WitnessEvent,
} from "@systole/witness";
import * as v from "valibot";
import { WitnessConfig } from "../config.js";
import { WitnessQuorum } from "../witness-quorum.js";

export const SECRET = "one secret for all clusters of this witness";
export const KEY_VARIABLE = "QUORUM_WITNESS_TEST";
const LONGEST_MS = 60_000;

export class TestWitness {
  readonly events: WitnessEvent[] = [];
  readonly store: LeasesInMemory;
  mood: "working" | "broken" | "stalled" | "nonsense" | "stranger" = "working";
  requests = 0;
  #passedMs = 0;
  #server: ListeningFunction | undefined;

  constructor() {
    const clock = processClock();
    this.store = new LeasesInMemory({ ...clock, nowMs: () => clock.nowMs() + this.#passedMs });
  }

  get url(): string {
    return `${this.#server?.url ?? "http://127.0.0.1:9"}/`;
  }

  /** Moves the witness's time on: leases run out. */
  pass(ms: number): void {
    this.#passedMs += ms;
  }

  questions(op: string): number {
    return this.events.filter((event) => event.kind === "answered" && event.question.op === op).length;
  }

  async open(): Promise<void> {
    const onEvent = (event: WitnessEvent): number => this.events.push(event);
    const init = { store: this.store, longestTtlMs: LONGEST_MS, onEvent };
    const works = witness({ ...init, keyOf: keysFrom(SECRET) });
    const stranger = witness({ ...init, keyOf: keysFrom(`another ${SECRET}`) });
    const handler = async (request: Request): Promise<Response> => {
      this.requests += 1;
      switch (this.mood) {
        case "working":
          return works(request);
        case "stranger":
          return stranger(request);
        case "broken":
          return new Response("broken", { status: 500 });
        case "nonsense":
          return new Response(`{"result":"granted","epoch":1,"ttlMs":10000}`);
        case "stalled":
          return new Promise(() => undefined);
      }
    };
    this.#server = await listen({ fetch: handler }, { port: 0 });
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}

export interface TestNode {
  readonly quorum: Quorum;
  readonly log: RecordingLogger;
  close(): Promise<void>;
}

/** A node of the cluster `web`. */
export async function openNode(
  witnesses: readonly TestWitness[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<TestNode> {
  const log = new RecordingLogger();
  const clock = new RealClock();
  const quorum = new WitnessQuorum({
    config: v.parse(WitnessConfig, {
      cluster: "web",
      witnesses: witnesses.map(({ url }) => ({ url, key: { env: KEY_VARIABLE } })),
      ...config,
    }),
    places: {
      env: { [KEY_VARIABLE]: await clusterKey(SECRET, "web") },
      read: () => Promise.reject(new Error("there are no files here")),
    },
    clock,
    log,
  });
  await quorum.start();
  return {
    quorum,
    log,
    close: async () => {
      await quorum.stop(timeLimit(2000));
      if (clock.pending > 0) throw new Error(`${clock.pending} alarms are still set after the stop`);
    },
  };
}

/** Greeted by everybody, and past the time in which they grant nothing. */
export async function settled(witnesses: readonly TestWitness[], nodes: number): Promise<void> {
  for (const one of witnesses) {
    while (one.questions("hello") < nodes) await new Promise((resolve) => setTimeout(resolve, 2));
    one.pass(LONGEST_MS);
  }
}
