// Does a resource see one operation at a time, in order, whatever is cancelled, overdue or hanging?
import { beforeEach, describe, expect, it } from "vitest";
import type {
  Clock,
  EngineEvent,
  OperationOptions,
  OperationResult,
  ResourceAction,
  ResourceAgent,
  ResourceSpec,
} from "../ports/index.js";
import { Operations } from "./operations.js";

/** Time that stands still until it is moved on. */
class HandClock implements Clock {
  #nowMs = 0;
  readonly #alarms = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  nowMs = () => this.#nowMs;
  wallMs = () => this.#nowMs;
  wakeAt(atMs: number, wake: () => void): () => void {
    const alarm = { atMs, wake };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }
  get pending(): number {
    return this.#alarms.size;
  }
  advance(byMs: number): void {
    this.#nowMs += byMs;
    for (const alarm of [...this.#alarms].toSorted((one, other) => one.atMs - other.atMs)) {
      if (alarm.atMs <= this.#nowMs && this.#alarms.delete(alarm)) alarm.wake();
    }
  }
}

interface Call {
  readonly action: ResourceAction;
  readonly resource: string;
  readonly signal: AbortSignal;
  readonly options: OperationOptions | undefined;
  readonly end: (result: OperationResult) => void;
  readonly fail: (error: unknown) => void;
}

const running: OperationResult = { ok: true, state: "running" };
const stopped: OperationResult = { ok: true, state: "stopped" };
const settled = () => new Promise((resolve) => setImmediate(resolve));

let clock: HandClock;
let calls: Call[];
let reports: [number, OperationResult][];
let told: EngineEvent[];
let operations: Operations;

function agentOf(): ResourceAgent {
  const ask =
    (action: ResourceAction) => (spec: ResourceSpec, signal: AbortSignal, options?: OperationOptions) =>
      new Promise<OperationResult>((end, fail) =>
        calls.push({ action, resource: spec.name, signal, options, end, fail }),
      );
  return {
    supports: { announce: true },
    start: ask("start"),
    stop: ask("stop"),
    status: ask("status"),
    announce: ask("announce"),
    validate: () => Promise.resolve([]),
  };
}

/** The call number `index`; what was asked so far is in the message when there is none. */
function call(index: number): Call {
  const found = calls[index];
  if (found === undefined)
    throw new Error(`no call ${index} among ${calls.map(({ action }) => action).join()}`);
  return found;
}
const asked = (): string[] => calls.map(({ action, resource }) => `${action} ${resource}`);

beforeEach(() => {
  clock = new HandClock();
  calls = [];
  reports = [];
  told = [];
  const agent = agentOf();
  operations = new Operations({
    clock,
    node: "alpha",
    resources: new Map(
      ["web", "disk"].map((name) => [name, { spec: { name, args: [], parameters: {} }, agent }]),
    ),
    report: (id, result) => reports.push([id, result]),
    done: (event) => told.push(event),
  });
});

describe("the operations of one resource", () => {
  it("are shown while they last; a good start and a good stop are told with their time", async () => {
    operations.run(1, { resource: "web", action: "start", timeoutMs: 1000 });
    clock.advance(40);
    expect(operations.views()).toEqual([{ resource: "web", action: "start", timeoutMs: 1000, forMs: 40 }]);
    call(0).end(running);
    await settled();
    expect(operations.views()).toEqual([]);
    operations.run(2, { resource: "web", action: "status", timeoutMs: 1000 });
    call(1).end(running);
    await settled();
    operations.run(3, { resource: "web", action: "stop", timeoutMs: 1000 });
    call(2).end({ ok: false, kind: "error", reason: "busy" });
    await settled();
    expect(told).toEqual([
      { name: "resource.started", level: "info", fields: { resource: "web", tookMs: 40 } },
    ]);
  });

  it("run one after the other, in the order in which they were asked for", async () => {
    operations.run(1, { resource: "web", action: "status", timeoutMs: 1000 });
    operations.run(2, { resource: "web", action: "start", timeoutMs: 1000 });
    operations.run(3, { resource: "web", action: "stop", timeoutMs: 1000 });
    expect(asked()).toEqual(["status web"]);
    call(0).end(stopped);
    await settled();
    expect(asked()).toEqual(["status web", "start web"]);
    call(1).end(running);
    await settled();
    call(2).end(stopped);
    await settled();
    expect(reports).toEqual([
      [1, stopped],
      [2, running],
      [3, stopped],
    ]);
    expect(clock.pending).toBe(0);
  });

  it("say who asks, and how long they may take", () => {
    operations.run(1, { resource: "web", action: "stop", timeoutMs: 1000, urgent: true });
    expect(call(0).options).toEqual({ node: "alpha", withinMs: 1000, urgent: true });
  });

  it("do not wait for another resource", () => {
    operations.run(1, { resource: "web", action: "start", timeoutMs: 1000 });
    operations.run(2, { resource: "disk", action: "start", timeoutMs: 1000 });
    expect(asked()).toEqual(["start web", "start disk"]);
  });

  it("that were cancelled have ended before the next begins", async () => {
    operations.run(1, { resource: "web", action: "start", timeoutMs: 1000 });
    operations.cancel(1);
    operations.run(2, { resource: "web", action: "stop", timeoutMs: 1000 });
    await settled();
    expect(call(0).signal.aborted).toBe(true);
    expect(asked()).toEqual(["start web"]);
    call(0).end({ ok: false, kind: "timeout", reason: "ended early" });
    await settled();
    expect(asked()).toEqual(["start web", "stop web"]);
    expect(call(1).signal.aborted).toBe(false);
  });

  it("that were cancelled while they waited never begin, and are answered", async () => {
    operations.run(1, { resource: "web", action: "stop", timeoutMs: 1000 });
    operations.run(2, { resource: "web", action: "start", timeoutMs: 1000 });
    operations.cancel(2);
    await settled();
    expect(reports).toEqual([[2, expect.objectContaining({ kind: "timeout" })]]);
    call(0).end(stopped);
    await settled();
    expect(asked()).toEqual(["stop web"]);
    expect(clock.pending).toBe(0);
  });

  it("count their deadline from when they begin, and abort at it", async () => {
    operations.run(1, { resource: "web", action: "status", timeoutMs: 1000 });
    operations.run(2, { resource: "web", action: "start", timeoutMs: 1000 });
    clock.advance(900);
    call(0).end(stopped);
    await settled();
    clock.advance(999);
    expect(call(1).signal.aborted).toBe(false);
    clock.advance(1);
    expect(call(1).signal.aborted).toBe(true);
  });

  it("that hang are reported after the grace, and nothing begins beside them", async () => {
    operations.run(1, { resource: "web", action: "start", timeoutMs: 1000 });
    operations.run(2, { resource: "web", action: "stop", timeoutMs: 1000 });
    clock.advance(6000);
    await settled();
    expect(reports).toEqual([
      [1, { ok: false, kind: "timeout", reason: "the agent does not end its start of web" }],
      [2, { ok: false, kind: "timeout", reason: "the stop of web could not begin: its start has not ended" }],
    ]);
    operations.run(3, { resource: "web", action: "stop", timeoutMs: 1000 });
    expect(asked()).toEqual(["start web"]);
    call(0).end(running);
    await settled();
    expect(asked()).toEqual(["start web", "stop web"]);
    expect(reports).toHaveLength(2);
  });

  it("that throw are answered, and the next begins", async () => {
    operations.run(1, { resource: "web", action: "start", timeoutMs: 1000 });
    operations.run(2, { resource: "web", action: "stop", timeoutMs: 1000 });
    call(0).fail(new Error("a bug"));
    await settled();
    expect(reports).toEqual([[1, { ok: false, kind: "error", reason: "a bug" }]]);
    expect(asked()).toEqual(["start web", "stop web"]);
  });

  it("are bounded in number", async () => {
    for (let id = 0; id < 18; id += 1)
      operations.run(id, { resource: "web", action: "status", timeoutMs: 1000 });
    await settled();
    expect(reports).toEqual([
      [17, { ok: false, kind: "error", reason: "16 operations wait for web already" }],
    ]);
  });
});

describe("an announcement", () => {
  it("gives way to a stop, which waits until it has ended", async () => {
    operations.run(1, { resource: "web", action: "announce", timeoutMs: 5000 });
    operations.run(2, { resource: "web", action: "announce", timeoutMs: 5000 });
    operations.run(3, { resource: "web", action: "stop", timeoutMs: 1000 });
    await settled();
    expect(call(0).signal.aborted).toBe(true);
    expect(reports.map(([id]) => id)).toEqual([2]);
    call(0).end({ ok: false, kind: "timeout", reason: "aborted" });
    await settled();
    expect(asked()).toEqual(["announce web", "stop web"]);
  });

  it("does not give way to a status", () => {
    operations.run(1, { resource: "web", action: "announce", timeoutMs: 5000 });
    operations.run(2, { resource: "web", action: "status", timeoutMs: 1000 });
    expect(call(0).signal.aborted).toBe(false);
  });
});

describe("execute", () => {
  it("cancels what was asked for, waits for its end, and answers", async () => {
    operations.run(1, { resource: "web", action: "start", timeoutMs: 1000 });
    operations.run(2, { resource: "web", action: "status", timeoutMs: 1000 });
    const letGo = operations.execute({ resource: "web", action: "stop", timeoutMs: 1000 });
    expect(call(0).signal.aborted).toBe(true);
    call(0).end({ ok: false, kind: "timeout", reason: "aborted" });
    await settled();
    expect(asked()).toEqual(["start web", "stop web"]);
    call(1).end(stopped);
    expect(await letGo).toEqual(stopped);
    expect(reports.map(([id]) => id).toSorted()).toEqual([1, 2]);
  });

  it("of a resource that does not exist is an error", async () => {
    expect(await operations.execute({ resource: "nothing", action: "stop", timeoutMs: 1000 })).toMatchObject({
      ok: false,
      kind: "error",
    });
  });
});
