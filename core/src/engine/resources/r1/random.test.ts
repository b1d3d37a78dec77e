// Whatever happens in whatever order: no exception, bounded answers, never two owners without a partition.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { textMessage, type NodeState, type NodeView } from "../../../ports/index.js";
import { writeState } from "../../whole-state.js";
import { createR1, type R1Input } from "./index.js";
import { group } from "./testkit/host.js";
import { TwoNodes } from "./testkit/two-nodes.js";

const groups = [group("web", "alpha"), group("db", "bravo"), group("__proto__", "alpha")];
const word = fc.constantFrom(
  "none",
  "local",
  "foreign",
  "all",
  "me",
  "other",
  "done",
  "shutdown",
  "standby",
  "1",
  "0",
);
const hex = fc.integer({ min: 0, max: 30 }).map((value) => value.toString(16));
const state: fc.Arbitrary<NodeState> = fc.constantFrom("init", "up", "active", "dead", "ping");

const message = fc
  .record(
    {
      t: fc.constantFrom(
        "starting",
        "resource",
        "ask_resources",
        "hb_takeover",
        "shutdone",
        "ip-request",
        "ip-request-resp",
        "stonith",
        "num_ping_nodes",
        "you_are_dead",
        "abort_giveup",
        "hbapi-clstat",
        "status",
      ),
      rsc_hold: word,
      rtype: fc.constantFrom("full", "half"),
      isstable: word,
      info: word,
      ipaddr: fc.constantFrom("web", "db", "__proto__", "nothing"),
      ok: fc.constantFrom("OK", "bad"),
      num_ping: fc.constantFrom("0", "1", "-1", "9".repeat(30)),
      from_id: fc.constantFrom("ipfail", "ccm"),
      st: fc.constantFrom("join", "dead"),
      seq: hex,
      hg: hex,
    },
    { requiredKeys: ["t"] },
  )
  .map((fields) => textMessage(fields));

const input: fc.Arbitrary<R1Input> = fc.oneof(
  fc.constant<R1Input>({ kind: "tick" }),
  fc.constant<R1Input>({ kind: "self.active" }),
  fc.record({
    kind: fc.constant("node.changed" as const),
    node: fc.constantFrom("bravo", "gateway"),
    from: state,
    to: state,
    reason: fc.constantFrom("silent", "partition-healed", "started"),
  }),
  fc.record({ kind: fc.constant("message.delivered" as const), from: fc.constant("bravo"), message }),
  fc.record({
    kind: fc.constant("group.reported" as const),
    key: fc.constantFrom("web", "db", "__proto__", "nothing"),
    state: fc.constantFrom("started" as const, "stopped" as const, "failed" as const),
  }),
  fc.record({
    kind: fc.constant("fence.reported" as const),
    node: fc.constantFrom("bravo", "nobody"),
    ok: fc.boolean(),
    reason: fc.constant(""),
  }),
  fc.record({
    kind: fc.constant("operator.requested" as const),
    id: fc.nat(1000),
    request: fc.oneof(
      fc.record({
        kind: fc.constantFrom("standby" as const, "takeover" as const),
        set: fc.constantFrom("all" as const, "local" as const, "foreign" as const),
      }),
      fc.constant({ kind: "stop" as const }),
    ),
  }),
);

function views(bravo: NodeState): readonly NodeView[] {
  return (["alpha", "bravo"] as const).map((name) => ({
    name,
    kind: "normal",
    state: name === "alpha" ? "active" : bravo,
    reason: "",
    generation: 1,
    dialect: "heartbeat",
    links: [],
    heardAtMs: undefined,
  }));
}

test("any sequence of inputs gives bounded answers and never an exception", () => {
  const step = fc.record({ input, afterMs: fc.constantFrom(0, 20, 1000, 5000, 40_000), bravo: state });
  const init = fc.record({
    failback: fc.constantFrom("on" as const, "off" as const, "legacy" as const),
    ipfail: fc.boolean(),
    fencing: fc.boolean(),
    stable: fc.boolean(),
    holding: fc.subarray(["web", "db", "nothing"]),
  });
  const property = fc.property(init, fc.array(step, { maxLength: 60 }), (chosen, steps) => {
    const nodes = ["alpha", "bravo"];
    const machine = createR1({ self: "alpha", nodes, groups, keepaliveMs: 1000, ...chosen });
    let nowMs = 0;
    let unanswered: string | undefined;
    for (const { input, afterMs, bravo } of steps) {
      nowMs += afterMs;
      if (input.kind === "group.reported" && input.key === unanswered) unanswered = undefined;
      const outputs = machine.step(input, views(bravo), nowMs);
      expect(outputs.length).toBeLessThan(40);
      for (const output of outputs) {
        if (output.kind !== "group.start" && output.kind !== "group.stop") continue;
        expect(unanswered).toBeUndefined();
        expect(groups.map(({ key }) => key)).toContain(output.key);
        unanswered = output.key;
      }
      expect(machine.deadline()).toBeGreaterThan(nowMs);
      expect(JSON.stringify(writeState(machine, [])).length).toBeLessThan(5000);
      expect(machine.view().groups).toHaveLength(groups.length);
    }
  });
  fc.assert(property, { numRuns: 400 });
});

const name = fc.constantFrom("alpha", "bravo");
const set = fc.constantFrom("all" as const, "local" as const, "foreign" as const);
const options = fc.record({
  failback: fc.constantFrom("on" as const, "off" as const, "legacy" as const),
  delaysMs: fc.array(fc.constantFrom(5, 20, 120, 400), { minLength: 1, maxLength: 7 }),
  operationsMs: fc.array(fc.constantFrom(10, 100, 1000, 3000), { minLength: 1, maxLength: 5 }),
});

function started(chosen: ConstructorParameters<typeof TwoNodes>[0]): TwoNodes {
  const pair = new TwoNodes(chosen);
  pair.start("alpha");
  pair.start("bravo");
  pair.run(20_000);
  return pair;
}

/** Twice, because a node that was told to stop may still have been stopping. */
function everybodyUp(pair: TwoNodes): void {
  for (let round = 0; round < 2; round += 1) {
    for (const name of ["alpha", "bravo"]) if (!pair.isUp(name)) pair.start(name);
    pair.run(120_000);
  }
}

function allRunning(pair: TwoNodes): readonly string[] {
  return [...pair.running("alpha"), ...pair.running("bravo")].toSorted();
}

test("stops, crashes, restarts and requests in any order: one owner at most, and one at the end", () => {
  const what = fc.constantFrom("start", "stop", "kill", "standby", "takeover");
  const thenMs = fc.constantFrom(10, 90, 150, 450, 1000, 5500, 15_000);
  const actions = fc.array(fc.record({ name, set, what, thenMs }), { maxLength: 12 });
  const property = fc.property(options, actions, (options, actions) => {
    const pair = started(options);
    for (const [id, { name, set, what, thenMs }] of actions.entries()) {
      if (what === "kill") pair.kill(name);
      else if (what === "start" && !pair.isUp(name)) pair.start(name);
      else if (what === "stop" && pair.isUp(name)) pair.request(name, id, { kind: "stop" });
      else if (what === "standby" || what === "takeover") pair.request(name, id, { kind: what, set });
      pair.run(thenMs);
    }
    everybodyUp(pair);
    expect(pair.doubles).toEqual([]);
    expect(allRunning(pair)).toEqual(["db", "web"]);
  });
  fc.assert(property, { numRuns: 300 });
});

test("partitions that heal: each group has one owner at the end", () => {
  const what = fc.constantFrom("cut", "standby", "takeover");
  const thenMs = fc.constantFrom(10, 150, 1000, 5500, 7000, 15_000);
  const actions = fc.array(fc.record({ name, set, what, thenMs }), { maxLength: 8 });
  const property = fc.property(options, actions, (options, actions) => {
    const pair = started(options);
    for (const [id, { name, set, what, thenMs }] of actions.entries()) {
      if (what === "cut") pair.partition();
      else if (what === "standby" || what === "takeover") pair.request(name, id, { kind: what, set });
      pair.run(thenMs);
      if (what === "cut") pair.heal();
    }
    pair.run(120_000);
    expect(allRunning(pair)).toEqual(["db", "web"]);
  });
  fc.assert(property, { numRuns: 200 });
});
