import { beforeEach, describe, expect, it } from "vitest";
import type { ClusterEvent, EngineEvent, Notifier } from "../ports/index.js";
import { NOTIFICATION_LIMITS, Notifications } from "./notifications.js";
import { JumpingClock } from "./testkit/jumping-clock.js";
import { RecordedLog } from "./testkit/recorded-log.js";

const { queue, deadlineMs, releaseMs, farewellMs } = NOTIFICATION_LIMITS;
const event = (name: string, level: EngineEvent["level"] = "info"): EngineEvent => {
  return { name, level, fields: { group: "web" } };
};

let clock: JumpingClock;
let log: RecordedLog;

beforeEach(() => {
  clock = new JumpingClock();
  log = new RecordedLog();
});

function telling(notifiers: Readonly<Record<string, Notifier["notify"]>>): Notifications {
  const named = Object.entries(notifiers).map(([name, notify]) => ({ name, notifier: { notify } }));
  return new Notifications({ clock, log, node: "one", notifiers: named });
}

/** Ends when the signal aborts, like a well-behaved call to somebody who does not answer. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("gave up")), { once: true });
  });

describe("notifications", () => {
  it("tell each notifier every event but debug ones, in order, one at a time", async () => {
    const heard: ClusterEvent[] = [];
    let atOnce = 0;
    const notifications = telling({
      slow: async (told) => {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await new Promise((resolve) => void clock.wakeAt(clock.nowMs() + 50, () => resolve(undefined)));
        heard.push(told);
        atOnce -= 1;
      },
    });
    notifications.tell(event("node.changed"));
    notifications.tell(event("message.stale", "debug"));
    notifications.tell(event("group.start-failed", "warn"));
    notifications.tell(event("resource.stop-failed", "error"));
    await clock.until(notifications.close());
    expect(heard.map(({ name, severity }) => `${severity} ${name}`)).toEqual([
      "info node.changed",
      "warning group.start-failed",
      "critical resource.stop-failed",
    ]);
    expect(heard[0]).toMatchObject({ node: "one", atWallMs: 0, fields: { group: "web" } });
    expect(log.of("notifier.ended")).toEqual([
      { notifier: "slow", delivered: 3, failed: 0, timedOut: 0, dropped: 0 },
    ]);
  });

  it("count a rejection, an exception and a time-out, and go on", async () => {
    const heard: string[] = [];
    const notifications = telling({
      odd: async ({ name }, signal) => {
        if (name === "late") return untilAborted(signal);
        if (name === "refused") throw new Error("502");
        heard.push(name);
      },
      throws: () => {
        throw new Error("no such host");
      },
    });
    for (const name of ["refused", "late", "good"]) notifications.tell(event(name));
    await clock.until(new Promise((resolve) => void clock.wakeAt(deadlineMs + releaseMs, () => resolve(0))));
    await clock.until(notifications.close());
    expect(heard).toEqual(["good"]);
    expect(log.of("notifier.ended")).toEqual([
      { notifier: "odd", delivered: 1, failed: 1, timedOut: 1, dropped: 0 },
      { notifier: "throws", delivered: 0, failed: 3, timedOut: 0, dropped: 0 },
    ]);
    expect(log.of("notifier.failed")[0]).toEqual({
      notifier: "throws",
      event: "refused",
      reason: "no such host",
    });
  });

  it("drop the oldest when a notifier hangs, and never tell it two things at once", async () => {
    const heard: string[] = [];
    let release = (): void => undefined;
    const notifications = telling({
      hangs: ({ name }) => {
        heard.push(name);
        return heard.length > 1 ? Promise.resolve() : new Promise((resolve) => (release = resolve));
      },
    });
    for (let count = 0; count < queue + 3; count += 1) notifications.tell(event(`event.${count}`));
    const later = deadlineMs + releaseMs + 1;
    await clock.until(new Promise((resolve) => void clock.wakeAt(later, () => resolve(0))));
    expect(heard).toEqual(["event.0"]);
    release();
    await clock.until(notifications.close());
    expect(heard.slice(0, 2)).toEqual(["event.0", "event.3"]);
    expect(heard.at(-1)).toBe(`event.${queue + 2}`);
    expect(log.of("notifier.falls-behind")).toEqual([{ notifier: "hangs", queue }]);
    expect(log.of("notifier.ended")).toEqual([
      { notifier: "hangs", delivered: queue, failed: 0, timedOut: 1, dropped: 2 },
    ]);
  });

  it("keep the node's end waiting no longer than the farewell, and take nothing afterwards", async () => {
    const notifications = telling({ hangs: () => new Promise(() => undefined) });
    notifications.tell(event("one"));
    notifications.tell(event("two"));
    await clock.until(notifications.close());
    expect(clock.nowMs()).toBe(farewellMs);
    notifications.tell(event("three"));
    expect(log.of("notifier.ended")).toEqual([
      { notifier: "hangs", delivered: 0, failed: 0, timedOut: 0, dropped: 1 },
    ]);
  });
});
