import { describe, expect, it } from "vitest";
import type { OperationResult, PolicyOutput, RecoveryRules } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import { GroupRunner } from "./group-runner.js";

const OK: OperationResult = { ok: true, state: "running" };
const GONE: OperationResult = { ok: true, state: "stopped" };
const BROKEN: OperationResult = { ok: false, kind: "error", reason: "broken" };

const UNWATCHED: Partial<RecoveryRules> = { monitorEveryMs: 0 };

/** A runner whose operations the test answers by hand. */
function runner(rules: Partial<RecoveryRules> = UNWATCHED) {
  const outputs: PolicyOutput[] = [];
  let lastId = 0;
  const group = {
    key: "ip",
    home: "master",
    resources: [
      { name: "ip", agent: "ipaddr", rules },
      { name: "web", agent: "nginx", rules, canWarm: true },
    ],
  };
  const timeoutMs = { start: 1, stop: 2, status: 3, announce: 4, warm: 5, elsewhere: 5000 };
  const subject = new GroupRunner({
    group,
    timeoutMs,
    nextId: () => (lastId += 1),
    emit: (output) => outputs.push(output),
  });
  const runs = () => outputs.filter((output) => output.kind === "agent.run");
  return {
    subject,
    outputs,
    asked: () => runs().map((run) => `${run.action} ${run.resource}`),
    answer: (result: OperationResult, nowMs = 0) => {
      const last = runs().at(-1);
      if (last === undefined) throw new Error("nothing was asked");
      expect(subject.report(last.id, result, nowMs)).toBe(true);
    },
  };
}

/** A runner that has looked and found nothing. */
function idle(rules: Partial<RecoveryRules> = UNWATCHED) {
  const test = runner(rules);
  test.subject.tick(0);
  test.answer(GONE);
  test.answer(GONE);
  test.outputs.length = 0;
  return test;
}

describe("a stop while another node may serve already", () => {
  const stops = ({ outputs }: ReturnType<typeof runner>) =>
    outputs.flatMap((output) => (output.kind === "agent.run" && output.action === "stop" ? [output] : []));

  function started() {
    const test = idle();
    test.subject.want("run", 0);
    test.answer(OK);
    test.answer(OK);
    return test;
  }

  it("is urgent, for every resource; another is not", () => {
    for (const urgent of [true, false]) {
      const test = started();
      test.subject.want("stop", 0, urgent);
      test.answer(GONE);
      test.answer(GONE);
      expect(stops(test).map((order) => order.urgent ?? false)).toEqual([urgent, urgent]);
    }
  });

  it("begins again when it was under way in good order, and does not count that as a failure", () => {
    const test = started();
    test.subject.want("stop", 0);
    test.subject.want("stop", 10, true);
    expect(test.outputs.at(-1)).toMatchObject({ kind: "agent.cancel" });
    test.answer({ ok: false, kind: "timeout", reason: "cancelled" }, 20);
    expect(stops(test).map(({ resource, urgent = false }) => [resource, urgent])).toEqual([
      ["web", false],
      ["web", true],
    ]);
    expect(test.outputs.filter(({ kind }) => kind === "event")).toEqual([]);
  });
});

describe("at the beginning", () => {
  it("looks at what an earlier life left behind, last resource first, and stops it", () => {
    const test = runner();
    expect(test.subject.state()).toBe("unknown");
    test.subject.tick(0);
    test.answer(OK);
    expect(test.asked()).toEqual(["status web", "stop web"]);
    test.answer(GONE);
    test.answer(GONE);
    expect(test.asked()).toEqual(["status web", "stop web", "status ip"]);
    expect(test.subject.state()).toBe("stopped");
  });

  it("starts what it finds running when it is told to run: nobody else knows yet where it is", () => {
    const test = runner();
    test.subject.tick(0);
    test.subject.want("run", 0);
    test.answer(OK);
    test.answer(OK);
    test.answer(OK);
    expect(test.subject.state()).toBe("starting");
    test.answer(OK);
    expect(test.asked()).toEqual(["status web", "status ip", "start ip", "start web"]);
    expect(test.subject.state()).toBe("started");
  });

  it("takes a status that fails for something that must be stopped", () => {
    const test = runner();
    test.subject.tick(0);
    test.answer(BROKEN);
    expect(test.asked().at(-1)).toBe("stop web");
  });
});

describe("up and down", () => {
  it("starts in order and stops in the reverse order, one at a time", () => {
    const test = idle();
    test.subject.want("run", 0);
    expect(test.asked()).toEqual(["start ip"]);
    test.answer(OK);
    test.answer(OK);
    expect(test.subject.state()).toBe("started");
    test.subject.want("stop", 0);
    test.answer(GONE);
    test.answer(GONE);
    expect(test.asked()).toEqual(["start ip", "start web", "stop web", "stop ip"]);
    expect(test.subject.state()).toBe("stopped");
  });

  it("a change of mind cancels a start, and goes down from where it is", () => {
    const test = idle();
    test.subject.want("run", 0);
    test.subject.want("stop", 0);
    expect(test.outputs.filter((output) => output.kind === "agent.cancel")).toHaveLength(1);
    test.answer({ ok: false, kind: "timeout", reason: "no longer wanted" });
    expect(test.asked()).toEqual(["start ip", "stop ip"]);
    test.answer(GONE);
    expect(test.subject.state()).toBe("stopped");
    expect(test.subject.startFailure()).toBeUndefined();
  });

  it("an answer to an operation that it did not ask for is not its own", () => {
    expect(idle().subject.report(99, OK, 0)).toBe(false);
  });
});

describe("failures", () => {
  it("a start that fails gives everything up, the failed resource included, and says why", () => {
    const test = idle();
    test.subject.want("run", 0);
    test.answer(OK);
    test.answer({ ok: false, kind: "not-here", reason: "nginx: no configuration" });
    test.answer(GONE);
    test.answer(GONE);
    expect(test.asked()).toEqual(["start ip", "start web", "stop web", "stop ip"]);
    expect(test.subject.startFailure()).toEqual({
      resource: "web",
      kind: "not-here",
      reason: "nginx: no configuration",
    });
    test.subject.want("run", 0);
    expect(test.subject.startFailure()).toBeUndefined();
  });

  it("a stop that fails is tried again each second, then rarely, and never counts as stopped", () => {
    const test = idle();
    test.subject.want("run", 0);
    test.answer(OK);
    test.answer(OK);
    test.subject.want("stop", 0);
    let nowMs = 0;
    for (let attempt = 0; attempt <= LIMITS.stopRetries; attempt += 1) {
      test.answer(BROKEN, nowMs);
      nowMs = test.subject.deadline();
      test.subject.tick(nowMs);
    }
    expect(test.subject.stuck()).toBe(true);
    expect(test.subject.state()).toBe("failed");
    test.answer(BROKEN, nowMs);
    expect(test.subject.deadline() - nowMs).toBe(LIMITS.stuckStopRetryMs);
    test.subject.tick(test.subject.deadline());
    test.answer(GONE);
    test.answer(GONE);
    expect(test.subject.state()).toBe("stopped");
    expect(test.subject.stuck()).toBe(false);
  });
});

it("announces only what runs", () => {
  const test = idle();
  test.subject.announce();
  expect(test.asked()).toEqual([]);
  test.subject.want("run", 0);
  test.answer(OK);
  test.answer(OK);
  test.subject.announce();
  expect(test.asked().slice(2)).toEqual(["announce ip", "announce web"]);
});

describe("watching", () => {
  /** A group that runs and was seen to. */
  function watched() {
    const test = idle({ monitorEveryMs: 1000 });
    test.subject.want("run", 0);
    for (let count = 0; count < 4; count += 1) test.answer(OK, 0);
    expect(test.asked()).toEqual(["start ip", "start web", "status ip", "status web"]);
    test.outputs.length = 0;
    return test;
  }

  it("looks at one resource after the other, each in its time", () => {
    const test = watched();
    const firstMs = test.subject.deadline();
    expect(firstMs).toBeGreaterThanOrEqual(1000);
    expect(firstMs).toBeLessThan(1100);
    test.subject.tick(1100);
    expect(test.asked()).toHaveLength(1);
    test.answer(OK, 1100);
    expect(test.asked().toSorted()).toEqual(["status ip", "status web"]);
    test.answer(OK, 1100);
    expect(test.asked()).toHaveLength(2);
    expect(test.subject.state()).toBe("started");
  });

  it("a monitor under way gives way to a stop, and what it says then is not judged", () => {
    const test = watched();
    test.subject.tick(1100);
    test.subject.want("stop", 1100);
    expect(test.outputs.at(-1)?.kind).toBe("agent.cancel");
    test.answer({ ok: false, kind: "timeout", reason: "ended" }, 1100);
    expect(test.asked().at(-1)).toBe("stop web");
    expect(test.subject.resources().every(({ failures }) => failures === undefined)).toBe(true);
  });

  it("a status that has never said that it runs is not believed when it says that it does not", () => {
    const test = idle({ monitorEveryMs: 1000 });
    test.subject.want("run", 0);
    test.answer(OK);
    test.answer(OK);
    test.answer(GONE);
    test.answer(GONE);
    expect(test.subject.state()).toBe("started");
    expect(test.subject.resources()[0]?.reason).toContain("not watched");
    expect(test.asked().filter((line) => line.startsWith("stop"))).toEqual([]);
  });
});

describe("a warm stand-by", () => {
  it("is asked once after each stop, gives way to a start, and ends when the node leaves", () => {
    const test = idle();
    test.subject.warm();
    test.subject.warm();
    expect(test.asked()).toEqual(["warm web"]);
    test.subject.want("run", 0);
    expect(test.outputs.at(-1)?.kind).toBe("agent.cancel");
    test.answer(BROKEN);
    for (let count = 0; count < 2; count += 1) test.answer(OK);
    test.subject.want("stop", 0);
    for (let count = 0; count < 2; count += 1) test.answer(GONE);
    test.subject.warm();
    test.answer(GONE);
    test.subject.warm();
    test.outputs.length = 0;
    test.subject.cool(0);
    expect(test.asked()).toEqual(["stop web"]);
    expect(test.subject.state()).toBe("stopping");
    test.answer(GONE);
    expect(test.subject.state()).toBe("stopped");
  });
});
