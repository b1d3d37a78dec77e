import { describe, expect, it } from "vitest";
import {
  textField,
  type MembershipInit,
  type MembershipMachine,
  type MembershipOutput,
  type Message,
  type NodeRequest,
} from "../../ports/index.js";
import { events, fromPeer, machine, receive, runTo, sent, status, tick } from "./testkit/machine.js";

const names = (target: MembershipMachine): readonly string[] => target.view().map(({ name }) => name);

/** A machine among three, of which the third is silent; its peer has told and is active. */
function amongThree(changes: Partial<MembershipInit> = {}): MembershipMachine {
  const target = machine({ nodes: ["master", "cluster1", "cluster2"], ...changes });
  tick(target, 0);
  receive(target, status("up", 1), 0);
  const list = { t: "repnodes", nodelist: "master cluster1 cluster2 ", delnodelist: " " };
  for (let nowMs = 100, sequence = 2; nowMs <= 2200; nowMs += 100, sequence += 1) {
    runTo(target, nowMs);
    receive(target, nowMs === 2200 ? fromPeer(list, sequence) : status("active", sequence), nowMs);
  }
  return target;
}

function edit(target: MembershipMachine, request: NodeRequest, nowMs: number): readonly MembershipOutput[] {
  return target.step({ kind: "nodes.edit", id: 7, request }, nowMs, 1_700_000_000_000 + nowMs);
}

const hear = (target: MembershipMachine, values: Record<string, string>): readonly MembershipOutput[] =>
  receive(target, fromPeer(values, 50), 2210);

function saved(outputs: readonly MembershipOutput[]): unknown {
  const persists = outputs.filter((output) => output.kind === "nodes.persist");
  return JSON.parse(JSON.stringify(persists.at(-1)?.state));
}

const answer = (outputs: readonly MembershipOutput[]) => outputs.find(({ kind }) => kind === "nodes.edited");
const text = (message: Message | undefined, field: string): string | undefined =>
  message === undefined ? undefined : textField(message, field);

describe("a node is added", () => {
  it("by an operator, who tells the others", () => {
    const target = amongThree();
    const outputs = edit(target, { kind: "add", nodes: ["NEWCOMER"] }, 2210);
    expect(answer(outputs)).toMatchObject({ id: 7, ok: true });
    expect(text(sent(outputs, "addnode")[0], "nodelist")).toBe("newcomer ");
    expect(names(target)).toEqual(["master", "cluster1", "cluster2", "newcomer"]);
  });

  it("by a peer, and is believed from then on, without being dead at once", () => {
    const target = amongThree();
    const stranger = status("active", 9, { source: "newcomer", uuid: new Uint8Array(16).fill(9) });
    expect(events(receive(target, stranger, 2205))).toContain("message.foreign");
    expect(events(hear(target, { t: "addnode", nodelist: "newcomer " }))).toContain("nodes.added");
    tick(target, 2300);
    expect(target.view().find(({ name }) => name === "newcomer")?.state).toBe("init");
    receive(target, stranger, 2310);
    expect(target.view().find(({ name }) => name === "newcomer")?.state).toBe("active");
  });

  it("and is still there in the next life", () => {
    const outputs = edit(amongThree(), { kind: "add", nodes: ["newcomer"] }, 2210);
    const next = machine({ nodes: ["master", "cluster1", "cluster2"], restored: saved(outputs) });
    expect(names(next)).toContain("newcomer");
  });

  it.each([
    ["a ping node", ["10.0.0.1"]],
    ["what cannot be a name", ["a/b"]],
    ["nobody", []],
    ["more than fit", Array.from({ length: 99 }, (_, index) => `node${index}`)],
  ])("not: %s", (_what, nodes) => {
    const target = amongThree({ pingNodes: [{ name: "10.0.0.1", group: false }] });
    const before = names(target);
    expect(answer(edit(target, { kind: "add", nodes }, 2210))).toMatchObject({ ok: false });
    expect(names(target)).toEqual(before);
  });
});

describe("a node is deleted", () => {
  it("when it is dead and all others live, and is told to who asks", () => {
    const target = amongThree();
    const outputs = edit(target, { kind: "delete", nodes: ["cluster2"] }, 2210);
    expect(answer(outputs)).toMatchObject({ ok: true });
    expect(names(target)).toEqual(["master", "cluster1"]);
    const [list] = sent(hear(target, { t: "reqnodes", dest: "master" }), "repnodes");
    expect(text(list, "nodelist")).toBe("master cluster1 ");
    expect(text(list, "delnodelist")).toBe("cluster2 ");
  });

  it.each([
    ["that lives", ["cluster1"], "cluster1 is not dead"],
    ["which is this one", ["master"], "this node"],
    ["nobody knows", ["ghost"], "no node ghost"],
  ])("not one %s", (_which, nodes, reason) => {
    const target = amongThree();
    expect(answer(edit(target, { kind: "delete", nodes }, 2210))).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason),
    });
    expect(events(hear(target, { t: "delnode", nodelist: `${nodes[0]} ` }))).toContain("nodes.edit-refused");
    expect(names(target)).toHaveLength(3);
  });

  it("not while another one is away", () => {
    const target = amongThree();
    edit(target, { kind: "add", nodes: ["newcomer"] }, 2210);
    expect(answer(edit(target, { kind: "delete", nodes: ["cluster2"] }, 2211))).toMatchObject({
      ok: false,
      reason: "newcomer is not there to hear of it; start it, or delete it too",
    });
  });

  it("and its configuration brings it back, since that is what an operator edits", () => {
    const state = saved(edit(amongThree(), { kind: "delete", nodes: ["cluster2"] }, 2210));
    expect(names(machine({ restored: state }))).toEqual(["master", "cluster1"]);
    expect(names(machine({ nodes: ["master", "cluster1", "cluster2"], restored: state }))).toHaveLength(3);
  });

  it("learns of it when it comes back, and stops before it has taken anything", () => {
    const target = machine();
    tick(target, 0);
    receive(target, status("active", 1), 10);
    const told = receive(
      target,
      fromPeer({ t: "repnodes", nodelist: "cluster1 ", delnodelist: "master " }, 2),
      20,
    );
    expect(told).toContainEqual({ kind: "expelled", by: "cluster1" });
    expect(target.problems?.()).toHaveLength(1);
  });

  it("is told so when it asks, though it is no member", () => {
    const target = amongThree();
    edit(target, { kind: "delete", nodes: ["cluster2"] }, 2210);
    const asking = fromPeer({ t: "reqnodes", dest: "master" }, 3, { source: "cluster2" });
    const [list] = sent(receive(target, asking, 2220), "repnodes");
    expect(text(list, "dest")).toBe("cluster2");
  });
});

it("a node that joins takes the list of its peer: known there, unknown here; deleted there, dead here", () => {
  const target = machine({ nodes: ["master", "cluster1", "cluster2"] });
  tick(target, 0);
  receive(target, status("active", 1), 0);
  for (let nowMs = 100, sequence = 2; nowMs <= 2200; nowMs += 100, sequence += 1) {
    runTo(target, nowMs);
    receive(target, status("active", sequence), nowMs);
  }
  receive(
    target,
    fromPeer({ t: "repnodes", nodelist: "master cluster1 newcomer ", delnodelist: "cluster2 " }, 50),
    2210,
  );
  expect(names(target)).toEqual(["master", "cluster1", "newcomer"]);
});

it("a later repnodes changes nothing", () => {
  const target = amongThree();
  hear(target, { t: "repnodes", nodelist: "cluster1 evil ", delnodelist: "master cluster2 " });
  expect(names(target)).toEqual(["master", "cluster1", "cluster2"]);
});

it("weights and sites are taken, kept, and refused when they are none", () => {
  const target = amongThree();
  hear(target, { t: "setweight", node: "cluster1", weight: "250" });
  const outputs = edit(target, { kind: "site", node: "Master", site: "north" }, 2220);
  expect(text(sent(outputs, "setsite")[0], "site")).toBe("north");
  const shown = (one: MembershipMachine) =>
    one.view().map(({ name, weight, site }) => ({ name, weight, site }));
  expect(shown(target).slice(0, 2)).toEqual([
    { name: "master", weight: undefined, site: "north" },
    { name: "cluster1", weight: 250, site: undefined },
  ]);
  expect(shown(machine({ restored: saved(outputs) })).slice(0, 2)).toEqual(shown(target).slice(0, 2));
  expect(answer(edit(target, { kind: "weight", node: "cluster1", weight: -1 }, 2230))).toMatchObject({
    ok: false,
  });
  expect(answer(edit(target, { kind: "site", node: "ghost", site: "x" }, 2230))).toMatchObject({ ok: false });
});

it.each(["none", "other", "any"] as const)("autojoin %s", (autoJoin) => {
  const target = amongThree({ autoJoin });
  const stranger = (sequence: number) => status("active", sequence, { source: "walk-in" });
  receive(target, stranger(4), 2210);
  receive(target, stranger(5), 2220);
  const state = target.view().find(({ name }) => name === "walk-in")?.state;
  expect(state).toBe(autoJoin === "none" ? undefined : "active");
});

it.each([undefined, null, 3, "x", { version: 2 }, { version: 1, nodes: [{ name: 4 }, 5], deleted: "x" }])(
  "state that cannot be understood is forgotten: %j",
  (restored) => {
    expect(names(machine({ restored }))).toEqual(["master", "cluster1"]);
  },
);

describe("what needs a person", () => {
  it("is shown as long as it is seen", () => {
    const target = amongThree();
    const copied = status("active", 51, { uuid: new Uint8Array(16).fill(1) });
    receive(target, copied, 2210);
    expect(target.problems?.()[0]).toContain("cluster1 and master have the same uuid");
    receive(target, status("active", 52), 2220);
    runTo(target, 70_000);
    expect(target.problems?.()).toEqual([]);
  });

  it("names two peers with one uuid, a clock that was set back, and a foreign cluster", () => {
    const target = amongThree();
    receive(target, status("active", 9, { source: "cluster2" }), 2210);
    receive(target, status("active", 51, { generation: 1 }), 2220);
    receive(target, status("active", 9, { source: "zulu" }), 2230);
    const problems = target.problems?.().join("\n");
    expect(problems).toContain("cluster2 and cluster1 have the same uuid");
    expect(problems).toContain("cluster1 speaks with generation 1, and 5 was heard before");
    expect(problems).toContain("zulu speaks on eth0 with our key");
  });

  it("stays a short list under a flood of names", () => {
    const target = amongThree();
    for (let index = 0; index < 500; index += 1)
      receive(target, status("active", 1, { source: `zulu${index}` }), 2210);
    expect(target.problems?.()).toHaveLength(32);
  });
});
