// Loads, steps, saves, then performs: what of that order can be seen from outside, and what becomes of a node whose host ends in
// the middle, whose clock is wrong, or whose state is not its own.
import { beforeEach, describe, expect, it } from "vitest";
import { ResourceAgent, type Clock, type Logger, type Plugin } from "../../ports/index.js";
import { functionModel, type FunctionNodeConfig } from "../../host/function-model.js";
import { InstanceStore, noPrograms } from "../../host/function-services.js";
import { createFunctionNode, type FunctionNode } from "./function-node.js";
import { FUNCTION_LIMITS } from "./limits.js";
import { unpackState, type NodeState } from "./node-state.js";
import { timeAt } from "./node-time.js";
import { MemoryCell, type HeldState, type StateCell } from "./state-cell.js";

const KEEPALIVE_MS = 1000;
const DEAD_MS = 10_000;
const SIGN = {
  sign: (bytes: Uint8Array) => `1 ${bytes.length}`,
  verify: () => ({ ok: true, key: 1 }) as const,
};

let wallMs: number;
let trace: string[];
let cell: TracedCell;
/** What the agent does instead of answering. */
let start: (() => Promise<never>) | undefined;

class TracedCell implements StateCell {
  readonly inner = new MemoryCell();
  saves = 0;
  beforeSave: (() => Promise<void>) | undefined;

  async load(): Promise<HeldState | undefined> {
    trace.push("load");
    return this.inner.load();
  }

  async save(bytes: Uint8Array, over: string | undefined): Promise<boolean> {
    const race = this.beforeSave;
    this.beforeSave = undefined;
    await race?.();
    const saved = await this.inner.save(bytes, over);
    trace.push(saved ? "save" : "lost the race");
    this.saves += saved ? 1 : 0;
    return saved;
  }

  async state(): Promise<NodeState> {
    const held = await this.inner.load();
    const state = held && (await unpackState(held.bytes));
    if (state === undefined) throw new Error("nothing was saved");
    return state;
  }
}

/** Time only passes when a test says so; an operation's own time-out never comes. */
const clock: Clock = { nowMs: () => wallMs, wallMs: () => wallMs, wakeAt: () => () => undefined };
const nothing = (): void => undefined;
const logger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => logger };

const plugin: Plugin = {
  kind: "systole.plugin",
  name: "test",
  version: "0.1.0",
  sdk: "0.1.0",
  runtimes: ["workers"],
  register: (host) => {
    host.provide(
      { ...ResourceAgent, port: "authenticator", id: Symbol.for("systole.port.authenticator@1") } as never,
      "classic",
      {
        inject: [],
        create: () => ({ supports: { keyed: true }, ...SIGN }) as never,
      },
    );
    host.provide(ResourceAgent, "agent", {
      inject: [],
      create: () => ({
        supports: { announce: false },
        start: async () => (
          trace.push("start"),
          start === undefined ? { ok: true, state: "running" } : start()
        ),
        stop: async () => (trace.push("stop"), { ok: true, state: "stopped" }),
        status: async () => ({ ok: true, state: trace.includes("start") ? "running" : "stopped" }),
        validate: async () => [],
      }),
    });
  },
};

const CONFIG: FunctionNodeConfig = {
  node: "solo",
  nodes: ["solo"],
  plugins: [{ plugin }],
  groups: [{ home: "solo", resources: [{ name: "service", agent: "agent" }] }],
  keepaliveMs: KEEPALIVE_MS,
  deadMs: DEAD_MS,
};

function instance(config: FunctionNodeConfig = CONFIG, own: StateCell = cell): Promise<FunctionNode> {
  return createFunctionNode({
    model: functionModel(config),
    plugins: [plugin],
    cell: own,
    maxFrameBytes: 32_768,
    host: {
      runtime: "workers",
      clock,
      logger,
      store: new InstanceStore(),
      processes: noPrograms,
      randomBytes: (count) => new Uint8Array(count).fill(7),
    },
  });
}

/** Lives on for so long, called whenever something is due. */
async function live(node: FunctionNode, forMs: number): Promise<void> {
  const untilMs = wallMs + forMs;
  while (wallMs < untilMs) {
    await node.wake();
    if (start === undefined) await node.settled();
    wallMs = Math.min(untilMs, wallMs + Math.max(1, Math.min(node.dueInMs(), KEEPALIVE_MS)));
  }
}

beforeEach(() => {
  wallMs = 1_800_000_000_000;
  trace = [];
  cell = new TracedCell();
  start = undefined;
});

describe("a node in a function", () => {
  it("saves before it does anything, and serves", async () => {
    const node = await instance();
    await live(node, 5000);
    expect(node.view()?.groups).toMatchObject([{ owner: "solo", state: "started" }]);
    const begun = trace.indexOf("start");
    expect(trace.slice(begun - 2, begun)).toEqual(["load", "save"]);
    expect((await cell.state()).pending).toEqual([]);
  });

  it("lives as one, whichever instance is called", async () => {
    await live(await instance(), 2500);
    const before = await cell.state();
    for (let count = 0; count < 10; count += 1) await live(await instance(), KEEPALIVE_MS);
    const after = await cell.state();
    expect(after.generation).toBe(before.generation);
    expect(after.lastFrame).toBeGreaterThan(before.lastFrame + 5);
    expect(trace.filter((line) => line === "start")).toHaveLength(1);
  });

  it("does nothing that it could not save: who loses the race steps anew from what the winner has left", async () => {
    const [first, second] = [await instance(), await instance()];
    cell.beforeSave = async () => void (await second.wake());
    await first.wake();
    await Promise.all([first.settled(), second.settled()]);
    expect(trace.slice(0, 5)).toEqual(["load", "load", "save", "lost the race", "load"]);
    await Promise.all(Array.from({ length: 5 }, async () => Promise.all([first.wake(), second.wake()])));
    await live(first, 3000);
    expect(trace.filter((line) => line === "start")).toHaveLength(1);
    expect((await cell.state()).frames.map(({ number }) => number)).toEqual(
      (await cell.state()).frames.map((_, index, all) => (all[0]?.number ?? 0) + index),
    );
  });

  it("gives up when others are always faster, and throws what the store says", async () => {
    const always: StateCell = { load: () => cell.inner.load(), save: async () => false };
    await expect((await instance(CONFIG, always)).wake()).rejects.toThrow(
      `others have saved first, ${FUNCTION_LIMITS.conflicts} times`,
    );
    const broken: StateCell = { load: () => Promise.reject(new Error("no store")), save: async () => false };
    await expect((await instance(CONFIG, broken)).wake()).rejects.toThrow("no store");
  });
});

describe("a host that ends after the save", () => {
  it("leaves an operation that nobody answers: its time runs out, and it is done again", async () => {
    start = () => new Promise<never>(() => undefined);
    const lost = await instance();
    await live(lost, 3000);
    expect((await cell.state()).pending).toMatchObject([{ kind: "agent", what: "start of service" }]);

    start = undefined;
    const next = await instance();
    await live(next, 60_000 + FUNCTION_LIMITS.operationMarginMs);
    expect((await cell.state()).pending).toEqual([]);
    await live(next, 40_000);
    expect(trace.filter((line) => line === "start")).toHaveLength(2);
    expect(trace).toContain("stop");
    expect(next.view()?.groups).toMatchObject([{ owner: "solo", state: "started" }]);
  });
});

describe("time without a clock", () => {
  it("never goes back, and goes on from a clock that was set back", () => {
    let time = timeAt(undefined, 1000);
    const seen = [1000, 1500, 900, 950, 4000].map((wall) => (time = timeAt(time, wall)).nowMs);
    expect(seen).toEqual([0, 500, 500, 550, 3600]);
  });

  it("that jumps ahead is a pause of this node: it lets go, and waits before it serves again", async () => {
    const node = await instance({ ...CONFIG, nodes: ["solo", "alpha", "beta"] });
    await live(node, 3 * DEAD_MS);
    expect(node.view()?.groups).toMatchObject([{ owner: "solo", state: "started" }]);
    wallMs += 3_600_000;
    await node.wake();
    await node.settled();
    expect(node.view()).toMatchObject({
      self: { lateTimes: 1 },
      isolation: { serves: false, rule: "returned" },
    });
    expect(trace.at(-1)).toBe("save");
    expect(trace).toContain("stop");
    await live(node, DEAD_MS + 5000);
    expect(node.view()).toMatchObject({ isolation: { serves: true }, groups: [{ state: "started" }] });
  });
});

describe("a state that is not this node's own", () => {
  it("of another configuration, of other code, or unreadable, begins another life with a later generation", async () => {
    await live(await instance(), 3000);
    const { generation } = await cell.state();
    await live(await instance({ ...CONFIG, deadMs: 20_000 }), 1000);
    const second = await cell.state();
    expect(second.generation).toBeGreaterThan(generation);
    expect(second.uuid).toEqual((await cell.state()).uuid);

    const held = await cell.inner.load();
    await cell.inner.save(Uint8Array.of(1, 2, 3), held?.version);
    wallMs += 10_000;
    await (await instance({ ...CONFIG, deadMs: 20_000 })).wake();
    expect((await cell.state()).generation).toBeGreaterThan(second.generation);
  });
});
