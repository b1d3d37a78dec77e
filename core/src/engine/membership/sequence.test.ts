import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acknowledgeable, SequenceTracker } from "./sequence.js";

describe("the sequence of one peer", () => {
  it("takes each message once, in any order, and remembers gaps", () => {
    const tracker = new SequenceTracker();
    expect(tracker.accept(7)).toEqual({ kind: "in-order" });
    expect(tracker.accept(7)).toEqual({ kind: "duplicate" });
    expect(tracker.accept(10)).toEqual({ kind: "gap", missing: [8, 9] });
    expect(tracker.complete()).toBe(7);
    expect(tracker.accept(9)).toEqual({ kind: "late" });
    expect(tracker.accept(9)).toEqual({ kind: "duplicate" });
    expect(tracker.accept(8)).toEqual({ kind: "late" });
    expect(tracker.complete()).toBe(10);
  });

  it("starts anew when too much is lost, so that memory stays bounded", () => {
    const tracker = new SequenceTracker();
    tracker.accept(1);
    expect(tracker.accept(1000)).toEqual({ kind: "reset", lost: 998 });
    expect(tracker.complete()).toBe(1000);
  });

  it("forgets what cannot be had", () => {
    const tracker = new SequenceTracker();
    tracker.accept(1);
    tracker.accept(3);
    tracker.abandon(2);
    expect(tracker.complete()).toBe(3);
    expect(tracker.accept(2)).toEqual({ kind: "duplicate" });
  });

  it("delivers every message exactly once under any shuffling with repeats", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }), (arrivals) => {
        const tracker = new SequenceTracker();
        const first = arrivals[0] ?? 0;
        const taken = arrivals.filter((sequence) => tracker.accept(sequence).kind !== "duplicate");
        const expected = new Set(arrivals.filter((sequence) => sequence >= first));
        expect(taken.toSorted()).toEqual([...expected].toSorted());
      }),
    );
  });
});

it.each([
  [25, 3, 23],
  [23, 3, 23],
  [2, 3, 0],
  [9, 9, 9],
  [10, 0, 10],
])("of %i messages, with residue %i, %i is acknowledged", (complete, residue, expected) => {
  expect(acknowledgeable(complete, residue)).toBe(expected);
});
