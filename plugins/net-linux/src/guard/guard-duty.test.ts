import { describe, expect, it } from "vitest";
import { GuardDuty } from "./guard-duty.js";
import { LineBuffer, orderLine, parseOrder, type GuardOrder } from "./guard-lines.js";
import { GUARD_LIMITS } from "./limits.js";
import { judgeEnd } from "./restart-rule.js";

const AFTER_MS = 700;
const VIP = { address: "10.0.0.100", prefixLength: 24, interface: "eth0" };
const VIP6 = { address: "fd00::100", prefixLength: 64, interface: "eth0" };
const beat = (atMs: number): GuardOrder => ({ kind: "beat", atMs });
const hold = (address = VIP): GuardOrder => ({ kind: "hold", address });
const RESTS = { kind: "rest", untilMs: Number.POSITIVE_INFINITY };

describe("the duty of a guard", () => {
  it("is none while nothing is held, however silent the daemon is", () => {
    const duty = new GuardDuty(AFTER_MS);
    duty.hear(beat(1000), 1000);
    expect(duty.judge(90_000)).toEqual(RESTS);
    duty.hear(hold(), 90_000);
    duty.hear({ kind: "let-go", address: VIP }, 90_000);
    expect(duty.judge(99_000)).toEqual(RESTS);
    expect(duty.held).toEqual([]);
  });

  it("begins when the last sign of life is too old, by the time that it says itself", () => {
    const duty = new GuardDuty(AFTER_MS);
    duty.hear(hold(), 1000);
    duty.hear(beat(1100), 1100);
    expect(duty.judge(1799)).toEqual({ kind: "rest", untilMs: 1800 });
    // Read late, by a guard that stood still itself.
    duty.hear(beat(1700), 9000);
    expect(duty.judge(2399)).toEqual({ kind: "rest", untilMs: 2400 });
    expect(duty.judge(2400)).toMatchObject({ kind: "remove", silentMs: 700 });
  });

  it("counts from the first address where no sign of life came before it", () => {
    const duty = new GuardDuty(AFTER_MS);
    duty.hear(hold(), 1000);
    expect(duty.judge(1000)).toEqual({ kind: "rest", untilMs: 1700 });
  });

  it("is done once for each silence: what somebody puts there later is not touched", () => {
    const duty = new GuardDuty(AFTER_MS);
    duty.hear(hold(), 0);
    const found = duty.judge(800);
    if (found.kind === "remove") duty.settle(found.silence);
    expect(duty.judge(60_000)).toEqual(RESTS);
    duty.hear(beat(60_000), 60_000);
    expect(duty.judge(60_001)).toEqual({ kind: "rest", untilMs: 60_700 });
    expect(duty.judge(60_700)).toMatchObject({ kind: "remove" });
  });

  it("is not done for what came while it was under way", () => {
    const duty = new GuardDuty(AFTER_MS);
    duty.hear(hold(), 0);
    const found = duty.judge(800);
    duty.hear(hold(VIP6), 801);
    if (found.kind === "remove") duty.settle(found.silence);
    expect(duty.judge(802)).toMatchObject({ kind: "remove" });
    duty.hear(beat(803), 803);
    expect(duty.judge(1503)).toMatchObject({ kind: "remove" });
    expect(duty.held).toEqual([VIP, VIP6]);
  });

  it("does not believe a sign of life that is older than what it knows", () => {
    const duty = new GuardDuty(AFTER_MS);
    duty.hear(hold(), 0);
    duty.hear(beat(2000), 2000);
    duty.hear(beat(1000), 2001);
    expect(duty.judge(2001)).toEqual({ kind: "rest", untilMs: 2700 });
  });
});

describe("the lines between daemon and guard", () => {
  it("come together from pieces, and what is no line is passed over", () => {
    const lines = new LineBuffer();
    const text = `${orderLine(hold())}nonsense\n${orderLine(beat(1.5))}`;
    const heard = [...text].flatMap((letter) => lines.take(letter)).map((line) => parseOrder(line));
    expect(heard).toEqual([hold(), undefined, beat(1.5)]);
  });

  it("are bounded", () => {
    const lines = new LineBuffer();
    for (let count = 0; count < 10; count += 1) lines.take("x".repeat(GUARD_LIMITS.lineBytes));
    expect(lines.take("\n")[0]).toHaveLength(GUARD_LIMITS.lineBytes);
  });
});

describe("a guard that ends unasked", () => {
  it("is started again soon, a few times; then seldom, and for ever", () => {
    let endsMs: readonly number[] = [];
    const pauses: number[] = [];
    for (let count = 0; count < 2 * GUARD_LIMITS.restarts; count += 1) {
      const verdict = judgeEnd(endsMs, count);
      endsMs = verdict.endsMs;
      pauses.push(verdict.pauseMs);
    }
    expect(pauses.slice(0, GUARD_LIMITS.restarts)).toEqual(
      Array(GUARD_LIMITS.restarts).fill(GUARD_LIMITS.restartMs),
    );
    expect(new Set(pauses.slice(GUARD_LIMITS.restarts))).toEqual(new Set([GUARD_LIMITS.slowRestartMs]));
    expect(endsMs.length).toBeLessThanOrEqual(GUARD_LIMITS.restarts + 1);
    expect(judgeEnd(endsMs, GUARD_LIMITS.restartWindowMs + 100)).toMatchObject({ hopeless: false });
  });
});
