import { describe, expect, it } from "vitest";
import { LIMITS } from "../limits.js";
import { Coordinator, view } from "./testkit/coordinator.js";

describe("a node that fell silent", () => {
  it("is open until a fence is confirmed", () => {
    const one = new Coordinator();
    one.died();
    expect(one.requests).toBe(1);
    expect(one.unsettled).toEqual(["master"]);
    one.report(true);
    expect(one.unsettled).toEqual([]);
    expect(one.cases.takeOutcomes()).toEqual([{ node: "master", ok: true, reason: "off by rack" }]);
    expect(one.events).toEqual(["fence.needed", "fence.done"]);
  });

  it("without devices is told of, and taken over", () => {
    const one = new Coordinator({}, false);
    one.died();
    expect(one.unsettled).toEqual([]);
    expect(one.events).toEqual(["fence.not-configured"]);
  });

  it("is left its head start first", () => {
    const one = new Coordinator({ priorityDelayMs: 5000 });
    one.died(0, 2);
    expect(one.cases.views(one.nowMs)).toMatchObject([{ phase: "delayed", nextInMs: 5000 }]);
    expect(one.cases.deadline(one.nowMs)).toBe(one.nowMs + 5000);
    one.wait(4999);
    expect(one.requests).toBe(0);
    one.wait(1);
    expect(one.requests).toBe(1);
  });

  it("is no longer to be fenced when it is heard again before that", () => {
    const one = new Coordinator({ priorityDelayMs: 5000 });
    one.died(0, 2);
    one.cases.returned("master");
    one.wait(10_000);
    expect(one.requests).toBe(0);
    expect(one.unsettled).toEqual([]);
    expect(one.events).toContain("fence.abandoned");
  });

  it("that comes back while devices are at work is not fenced twice when they succeed", () => {
    const one = new Coordinator();
    one.died();
    one.cases.returned("master");
    expect(one.unsettled).toEqual([]);
    one.report(true);
    one.died();
    expect(one.requests).toBe(1);
    expect(one.unsettled).toEqual([]);
  });

  it("that falls silent again while devices are at work waits for them", () => {
    const one = new Coordinator();
    one.died();
    one.cases.returned("master");
    one.died();
    expect(one.unsettled).toEqual(["master"]);
    expect(one.requests).toBe(1);
    one.report(false);
    one.wait(LIMITS.fenceRetryMs);
    expect(one.requests).toBe(2);
  });
});

it("fences nobody for its silence while this node may not judge it, and goes on when it may", () => {
  const one = new Coordinator();
  one.mayFence = false;
  one.died();
  one.wait(60_000);
  expect(one.requests).toBe(0);
  expect(one.cases.deadline(one.nowMs)).toBe(Infinity);
  expect(one.unsettled).toEqual(["master"]);
  one.mayFence = true;
  one.tick();
  expect(one.requests).toBe(1);
});

describe("attempts that fail", () => {
  it("are repeated after pauses that double, up to the longest", () => {
    const one = new Coordinator();
    one.died();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      one.report(false);
      const pauseMs = one.cases.deadline(one.nowMs) - one.nowMs;
      pauses.push(pauseMs / 1000);
      one.wait(pauseMs - 1);
      expect(one.requests).toBe(attempt + 1);
      one.wait(1);
      expect(one.requests).toBe(attempt + 2);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60, 60]);
    expect(one.unsettled).toEqual(["master"]);
  });

  it("end when the configuration bounds them; then a person is waited for, and can have it tried again", () => {
    const one = new Coordinator({ attempts: 2, retryMs: 1000 });
    one.died();
    one.report(false);
    one.wait(1000);
    one.report(false);
    one.wait(3_600_000);
    expect(one.requests).toBe(2);
    expect(one.unsettled).toEqual(["master"]);
    expect(one.cases.views(one.nowMs)).toMatchObject([{ phase: "given-up", failures: 2 }]);
    expect(one.cases.deadline(one.nowMs)).toBe(Infinity);
    expect(one.events).toContain("fence.given-up");
    one.cases.wanted(9, "master", one.nowMs);
    one.tick();
    expect(one.requests).toBe(3);
    one.report(true);
    expect(one.answers).toEqual(["9 ok: master is fenced: off by rack"]);
    expect(one.unsettled).toEqual([]);
  });
});

describe("more than one survivor", () => {
  it("waits for the node whose turn it is, and believes its word", () => {
    const one = new Coordinator();
    one.living = ["cluster0", "cluster1"];
    one.died();
    expect(one.requests).toBe(0);
    expect(one.cases.views(one.nowMs)).toMatchObject([{ phase: "elsewhere" }]);
    one.cases.heardOf("cluster0", { node: "master", ok: true }, one.nodes, one.nowMs);
    expect(one.unsettled).toEqual([]);
    expect(one.cases.takeOutcomes()).toEqual([]);
  });

  it("is not fenced again when another has done it before its silence was noticed", () => {
    const one = new Coordinator();
    one.cases.heardOf("cluster0", { node: "master", ok: true }, one.nodes, one.nowMs);
    one.died();
    expect(one.requests).toBe(0);
    expect(one.unsettled).toEqual([]);
  });

  it.each([
    [
      "has failed",
      (one: Coordinator) => one.cases.heardOf("cluster0", { node: "master", ok: false }, one.nodes, 0),
    ],
    ["has died", (one: Coordinator) => void (one.living = ["cluster1"])],
    ["says nothing about it for too long", (one: Coordinator) => one.wait(LIMITS.fenceTurnMs)],
  ])("does it itself when that node %s", (_what, happens) => {
    const one = new Coordinator();
    one.living = ["cluster0", "cluster1"];
    one.died();
    happens(one);
    one.tick();
    expect(one.requests).toBe(1);
  });
});

describe("a person", () => {
  it("confirms that a silent node is off, which settles its case", () => {
    const one = new Coordinator();
    one.died();
    one.report(false);
    one.cases.confirmed(4, "master", one.nodes, one.nowMs);
    expect(one.unsettled).toEqual([]);
    expect(one.answers).toEqual(["4 ok: master counts as fenced"]);
    expect(one.cases.takeOutcomes().at(-1)).toMatchObject({ node: "master", ok: true });
    one.wait(3_600_000);
    expect(one.requests).toBe(1);
  });

  it("is not believed that a node is off which is heard, unless it is being fenced", () => {
    const one = new Coordinator();
    one.nodes = [view("cluster1", "active", 1), view("master", "active", 7)];
    one.cases.confirmed(4, "master", one.nodes, one.nowMs);
    expect(one.answers[0]).toMatch(/^4 no: master is heard/);
    one.cases.wanted(5, "master", one.nowMs);
    one.tick();
    one.cases.confirmed(6, "master", one.nodes, one.nowMs);
    expect(one.answers.slice(1)).toEqual([
      "5 ok: master is fenced: an operator says that it is off",
      "6 ok: master counts as fenced",
    ]);
  });

  it("has a living node fenced once, without delay and without further attempts", () => {
    const one = new Coordinator({ priorityDelayMs: 5000 });
    one.cases.wanted(4, "master", one.nowMs);
    one.tick();
    expect(one.requests).toBe(1);
    one.report(false);
    expect(one.answers).toEqual(["4 no: master could not be fenced: no answer"]);
    one.wait(3_600_000);
    expect(one.requests).toBe(1);
  });

  it("does not make a silent node's case end with the attempt", () => {
    const one = new Coordinator();
    one.cases.wanted(4, "master", one.nowMs);
    one.tick();
    one.died();
    one.report(false);
    expect(one.unsettled).toEqual(["master"]);
    one.wait(LIMITS.fenceRetryMs);
    expect(one.requests).toBe(2);
  });
});

describe("a fenced node", () => {
  const fenced = (): Coordinator => {
    const one = new Coordinator();
    one.nodes = [view("cluster1", "active", 1), view("master", "active", 7)];
    one.cases.asked("master", one.nowMs);
    one.tick();
    one.report(true);
    return one;
  };

  it("is noticed when it comes back in another life", () => {
    const one = fenced();
    one.nodes = [view("cluster1", "active", 1), view("master", "up", 8)];
    one.cases.heard("master", one.nodes, one.nowMs);
    expect(one.events.at(-1)).toBe("fence.node-back");
  });

  it("that goes on in the same life shows that the device lied; what was on its way is no sign of that", () => {
    const one = fenced();
    one.wait(LIMITS.fencedEchoMs - 1);
    one.cases.heard("master", one.nodes, one.nowMs);
    expect(one.events).not.toContain("fence.lied");
    one.wait(1);
    one.cases.heard("master", one.nodes, one.nowMs);
    expect(one.events.at(-1)).toBe("fence.lied");
  });

  it("is tried again after a lie, less and less often", () => {
    const one = fenced();
    for (const pauseMs of [LIMITS.fenceRetryMs, 2 * LIMITS.fenceRetryMs]) {
      const { requests } = one;
      one.wait(LIMITS.fencedEchoMs);
      one.cases.heard("master", one.nodes, one.nowMs);
      one.cases.asked("master", one.nowMs);
      one.wait(pauseMs - 1);
      expect(one.requests).toBe(requests);
      one.wait(1);
      expect(one.requests).toBe(requests + 1);
      one.report(true);
    }
  });
});

it("does not wait for a node that an operator has deleted", () => {
  const one = new Coordinator();
  one.died();
  one.cases.keepOnly(one.nodes);
  expect(one.unsettled).toEqual(["master"]);
  one.cases.keepOnly([view("cluster1", "active", 1)]);
  expect(one.unsettled).toEqual([]);
});

it("has a node fenced for a person although it has just come back from a fencing that is under way", () => {
  const one = new Coordinator();
  one.died();
  one.cases.returned("master");
  one.cases.wanted(4, "master", one.nowMs);
  one.tick();
  expect(one.requests).toBe(1);
  one.report(false);
  expect(one.answers).toEqual(["4 no: master could not be fenced: no answer"]);
});

it("does not fence for a node that leaves", () => {
  const one = new Coordinator({ priorityDelayMs: 5000 });
  one.died(0, 1);
  one.cases.leave();
  one.died(0, 1);
  one.cases.wanted(4, "master", one.nowMs);
  one.wait(10_000);
  expect(one.requests).toBe(0);
  expect(one.answers).toEqual(["4 no: this node is leaving"]);
});
