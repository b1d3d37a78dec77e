import { describe, expect, it } from "vitest";
import { SystoleError, type Startable } from "../ports/index.js";
import { Lifecycle, type LifecyclePart } from "./lifecycle.js";
import { JumpingClock } from "./testkit/jumping-clock.js";

const DEADLINES = { startMs: 100, stopMs: 50, releaseMs: 10 };

const signal = () => new AbortController().signal;
const never = () => new Promise<void>(() => undefined);
const untilAborted = (inner: AbortSignal) =>
  new Promise<void>((_, reject) => {
    inner.addEventListener("abort", () => reject(new Error("gave up")), { once: true });
  });

function row(log: string[], parts: Readonly<Record<string, Partial<Startable>>>): LifecyclePart[] {
  return Object.entries(parts).map(([name, { start, stop }]) => ({
    plugin: "demo",
    port: "transport",
    name,
    part: {
      async start(inner) {
        log.push(`+${name}`);
        await start?.(inner);
      },
      async stop(inner) {
        log.push(`-${name}`);
        await stop?.(inner);
      },
    },
  }));
}

function setUp(parts: Readonly<Record<string, Partial<Startable>>>) {
  const log: string[] = [];
  const clock = new JumpingClock();
  return { log, clock, lifecycle: new Lifecycle(row(log, parts), clock, DEADLINES) };
}

function errorOf(result: PromiseSettledResult<void>): SystoleError {
  if (result.status === "rejected" && result.reason instanceof SystoleError) return result.reason;
  throw new Error(`expected a SystoleError, got ${JSON.stringify(result)}`);
}

describe("Lifecycle", () => {
  it("starts in order, stops in the reverse order, and leaves no alarm behind", async () => {
    const { log, clock, lifecycle } = setUp({ a: {}, b: {}, c: {} });
    await lifecycle.start(signal());
    await lifecycle.stop(signal());
    expect(log).toEqual(["+a", "+b", "+c", "-c", "-b", "-a"]);
    expect(clock.pending).toBe(0);
  });

  it("undoes a start that fails, names it, and passes on that a retry can help", async () => {
    const cause = new SystoleError("TRANSPORT_START_FAILED", "port in use", { retryable: true });
    const { log, clock, lifecycle } = setUp({ a: {}, b: { start: () => Promise.reject(cause) }, c: {} });
    const error = errorOf(await clock.until(lifecycle.start(signal())));
    expect(log).toEqual(["+a", "+b", "-b", "-a"]);
    expect(error).toMatchObject({ code: "PLUGIN_START_FAILED", retryable: true, cause });
    expect(error.message).toMatch(/transport:b of plugin demo did not start: it failed: port in use/);
    expect(error.details).toMatchObject({ plugin: "demo", name: "b", outcome: "failed", stopFailures: [] });
  });

  it("bounds a start that hangs, whether or not it reacts to its signal", async () => {
    for (const [start, said] of [
      [never, /100 ms and does not react to being aborted/],
      [untilAborted, /100 ms and then failed: gave up/],
    ] as const) {
      const { log, clock, lifecycle } = setUp({ a: {}, b: { start } });
      const error = errorOf(await clock.until(lifecycle.start(signal())));
      expect(error.message).toMatch(said);
      expect(error.details).toMatchObject({ name: "b", outcome: "timeout" });
      expect(log).toEqual(["+a", "+b", "-b", "-a"]);
    }
  });

  it("gives up when its signal aborts, and still clears up in full", async () => {
    const { log, clock, lifecycle } = setUp({
      a: { stop: (inner) => expectAlive(inner) },
      b: { start: never },
    });
    const caller = new AbortController();
    const starting = lifecycle.start(caller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    caller.abort();
    const error = errorOf(await clock.until(starting));
    expect(error.details).toMatchObject({ outcome: "aborted", stopFailures: [] });
    expect(log).toEqual(["+a", "+b", "-b", "-a"]);
  });

  it("goes on stopping after failures and hangs, and reports all of them", async () => {
    const { log, clock, lifecycle } = setUp({
      a: {},
      b: { stop: () => Promise.reject(new Error("stuck")) },
      c: { stop: never },
    });
    await lifecycle.start(signal());
    const error = errorOf(await clock.until(lifecycle.stop(signal())));
    expect(log.slice(3)).toEqual(["-c", "-b", "-a"]);
    expect(error.code).toBe("PLUGIN_STOP_FAILED");
    expect(error.details["failures"]).toMatchObject(
      [
        { plugin: "demo", port: "transport", name: "c", reason: /longer than 50 ms/ },
        { name: "b", reason: "failed: stuck" },
      ].map((failure) => ({ ...failure, reason: expect.stringMatching(failure.reason) })),
    );
  });

  it("takes a stop that ended late for a stop", async () => {
    const { clock, lifecycle } = setUp({
      a: { stop: (inner) => untilAborted(inner).catch(() => undefined) },
    });
    await lifecycle.start(signal());
    expect(await clock.until(lifecycle.stop(signal()))).toMatchObject({ status: "fulfilled" });
  });

  it("stops what was begun when a stop overtakes a start", async () => {
    const { log, clock, lifecycle } = setUp({ a: {}, b: { start: untilAborted }, c: {} });
    const starting = lifecycle.start(signal());
    const started = Promise.allSettled([starting]);
    await new Promise((resolve) => setImmediate(resolve));
    await clock.until(lifecycle.stop(signal()));
    expect(log).toEqual(["+a", "+b", "-b", "-a"]);
    const [result] = await started;
    expect(errorOf(result).details).toMatchObject({ outcome: "aborted" });
  });

  it("starts only once, and stops harmlessly without a start and again", async () => {
    const { log, lifecycle } = setUp({ a: {} });
    await lifecycle.stop(signal());
    await lifecycle.stop(signal());
    await expect(lifecycle.start(signal())).rejects.toMatchObject({ code: "PLUGIN_START_FAILED" });
    expect(log).toEqual([]);
  });
});

function expectAlive(inner: AbortSignal): Promise<void> {
  return inner.aborted ? Promise.reject(new Error("no time to clear up")) : Promise.resolve();
}
