import { describe, expect, it } from "vitest";
import {
  binaryField,
  textField,
  textMessage,
  type MembershipMachine,
  type MembershipOutput,
  type Message,
} from "../../ports/index.js";
import {
  changes,
  events,
  fromPeer,
  joined,
  machine,
  receive,
  runTo,
  sent,
  status,
  tick,
} from "./testkit/machine.js";
import { hex } from "./wire-values.js";

describe("joining", () => {
  it("says a status with heartbeat's fields in heartbeat's order", () => {
    const target = joined();
    const [message] = sent(runTo(target, 200), "status");
    const names = message?.fields.map((field) => field.name);
    expect(names).toEqual(["t", "st", "dt", "protocol", "src", "srcuuid", "seq", "hg", "ts", "ld", "ttl"]);
    expect(message === undefined ? "" : textField(message, "dt")).toBe("3e8");
    expect(message === undefined ? "" : textField(message, "ttl")).toBe("3");
  });

  it("does not say its uuid before it has heard whether it is its own alone", () => {
    const target = machine();
    const uuids = (outputs: ReturnType<typeof tick>) =>
      sent(outputs, "status").map((message) => binaryField(message, "srcuuid") !== undefined);
    expect(uuids(tick(target, 0))).toEqual([false]);
    receive(target, status("up", 1), 50);
    expect(uuids(runTo(target, 250))).toEqual([true, true]);
  });

  it("asks a living peer for the nodes, each second, and is active when it is told", () => {
    const target = machine();
    tick(target, 0);
    const asked = receive(target, status("up", 1), 10);
    expect(sent(asked, "reqnodes")).toHaveLength(1);
    receive(target, status("up", 2), 800);
    expect(sent(runTo(target, 1500), "reqnodes")).toHaveLength(1);
    const told = receive(
      target,
      fromPeer({ t: "repnodes", nodelist: "master cluster1 ", delnodelist: " " }, 3),
      1500,
    );
    expect(changes(told)).toContain("master up>active joined");
  });

  it("answers a peer that asks", () => {
    const [answer] = sent(receive(joined(), fromPeer({ t: "reqnodes", dest: "master" }, 4), 20), "repnodes");
    expect(answer === undefined ? "" : textField(answer, "nodelist")).toBe("master cluster1 ");
    expect(answer === undefined ? "" : textField(answer, "delnodelist")).toBe(" ");
  });

  it("gives up a node that is silent for initdead, and is active alone", () => {
    const target = machine();
    tick(target, 0);
    expect(changes(runTo(target, 1999))).toEqual([]);
    expect(changes(runTo(target, 2100))).toEqual(["cluster1 init>dead silent", "master up>active joined"]);
  });
});

describe("life and death", () => {
  it("a silent node is dead after the dead time that it advertised itself", () => {
    const target = joined();
    receive(target, fromPeer({ t: "status", st: "active", dt: hex(3000), protocol: "1" }, 4), 100);
    expect(changes(runTo(target, 3099))).toEqual([]);
    expect(changes(runTo(target, 3101))).toEqual(["cluster1 active>dead silent"]);
  });

  it("a link dies by itself while the node lives on another", () => {
    const target = joined();
    receive(target, status("active", 4), 10, "eth1");
    const outputs: MembershipOutput[] = [];
    for (let nowMs = 100, sequence = 5; nowMs <= 1500; nowMs += 100, sequence += 1) {
      outputs.push(...runTo(target, nowMs), ...receive(target, status("active", sequence), nowMs, "eth1"));
    }
    expect(changes(outputs)).toEqual([]);
    expect(outputs).toContainEqual({ kind: "link.changed", node: "cluster1", link: "eth0", to: "dead" });
  });

  it("a medium of ours is up while somebody is heard over it", () => {
    const target = joined();
    const links = [
      { name: "eth0", state: "up" },
      { name: "eth1", state: "dead" },
    ];
    expect(target.view()[0]).toMatchObject({ name: "master", links });
    runTo(target, 2000);
    expect(target.view()[0]?.links).toContainEqual({ name: "eth0", state: "dead" });
  });

  it("a restart is told apart from a partition that healed", () => {
    const restarted = joined();
    runTo(restarted, 2000);
    expect(changes(receive(restarted, status("up", 1, { generation: 6 }), 2001))).toEqual([
      "cluster1 dead>up restarted",
    ]);
    const healed = joined();
    runTo(healed, 2000);
    expect(changes(receive(healed, status("active", 30), 2001))).toEqual([
      "cluster1 dead>active partition-healed",
    ]);
  });

  it("a restart that nobody noticed is a death first", () => {
    expect(changes(receive(joined(), status("up", 1, { generation: 6 }), 50))).toEqual([
      "cluster1 active>dead restarted",
      "cluster1 dead>up restarted",
    ]);
  });

  it("an echo from before the death revives nobody", () => {
    const target = joined();
    runTo(target, 2000);
    expect(changes(receive(target, status("active", 3), 2001))).toEqual([]);
  });

  it("a Systole that said goodbye is gone at once, and stale words of it are not believed", () => {
    const target = joined();
    const systole = { t: "status", st: "active", dt: hex(1000), protocol: "1", systole: "{}" };
    receive(target, fromPeer(systole, 4), 10);
    expect(changes(receive(target, fromPeer({ t: "shutdone", st: "dead" }, 5), 20))).toEqual([
      "cluster1 active>dead stopped",
    ]);
    expect(changes(receive(target, fromPeer(systole, 6), 30))).toEqual([]);
  });

  it("after its own stall a node accuses nobody", () => {
    const target = joined();
    const outputs = tick(target, 5000);
    expect(events(outputs)).toContain("self.late");
    expect(changes(outputs)).toEqual([]);
  });
});

describe("what is not believed", () => {
  it.each([
    ["a former generation", status("active", 9, { generation: 4 }), "message.replayed"],
    ["a stranger", status("active", 9, { source: "zulu" }), "message.foreign"],
    ["our own name with another uuid", status("active", 9, { source: "master" }), "node.name-taken"],
    [
      "a status without number",
      fromPeer({ t: "status", st: "active", dt: "3e8" }, undefined),
      "message.incomplete",
    ],
    ["a message without time", textMessage({ t: "status", src: "cluster1", seq: "9" }), "message.incomplete"],
    ["an unknown state", status("foo", 9), "status.unknown"],
    ["the same message again", status("active", 3), "message.duplicate"],
  ])("%s changes nothing and is named", (_name, message, event) => {
    const target = joined();
    const before = target.view().map(({ name, state, generation }) => ({ name, state, generation }));
    const outputs = receive(target, message, 10);
    expect(events(outputs)).toContain(event);
    expect(changes(outputs)).toEqual([]);
    expect(target.view().map(({ name, state, generation }) => ({ name, state, generation }))).toEqual(before);
  });

  it("a copied uuid is named", () => {
    const own = new Uint8Array(16).fill(1);
    expect(events(receive(joined(), status("active", 4, { uuid: own }), 10))).toContain("node.uuid-copied");
  });

  it("a copied uuid is named once, also by a node that knows its twin's from before", () => {
    const uuid = new Uint8Array(16).fill(1);
    const first = joined();
    const saved = receive(first, status("active", 4, { uuid }), 10).flatMap((output) =>
      output.kind === "nodes.persist" ? [output.state] : [],
    );
    const target = machine({ restored: saved.at(-1) });
    const named = [4, 5, 6].flatMap((sequence) =>
      events(receive(target, status("active", sequence, { uuid }), sequence * 100)).filter(
        (name) => name === "node.uuid-copied",
      ),
    );
    expect(named).toHaveLength(1);
  });

  it("a copied uuid is not said to a heartbeat, which would take both nodes for one; to a Systole it is", () => {
    const uuid = new Uint8Array(16).fill(1);
    const says = (fields: Record<string, string>) => {
      const target = joined();
      const words = { t: "status", st: "active", dt: hex(1000), protocol: "1", ...fields };
      receive(target, fromPeer(words, 4, { uuid }), 10);
      runTo(target, 400);
      // It goes on without saying it, and is still the twin.
      receive(target, fromPeer(words, 5, { uuid: new Uint8Array() }), 410);
      expect(target.problems?.()[0]).toContain("cluster1 and master have the same uuid");
      const [message] = sent(runTo(target, 600), "status");
      return message === undefined ? "nothing" : binaryField(message, "srcuuid");
    };
    expect(says({})).toBeUndefined();
    expect(says({ systole: "1" })).toEqual(uuid);
  });

  it("old news that was overtaken is a sign of life and no more", () => {
    const target = joined();
    receive(target, status("active", 6), 10);
    const outputs = receive(target, status("up", 5), 11);
    expect(changes(outputs)).toEqual([]);
    expect(outputs.some((output) => output.kind === "status.heard")).toBe(false);
  });
});

describe("reliability", () => {
  it("asks for what is missing within 250 ms, then each 250 ms, until it comes", () => {
    const target = joined();
    receive(target, status("active", 5), 0);
    const requests = sent(runTo(target, 600), "NS_rexmit");
    expect(requests.length).toBeGreaterThanOrEqual(2);
    expect(requests.length).toBeLessThanOrEqual(3);
    expect(requests.every((message) => textField(message, "firstseq") === "4")).toBe(true);
    receive(target, status("active", 4), 600);
    expect(sent(runTo(target, 999), "NS_rexmit")).toEqual([]);
  });

  it("sends again what a peer misses, byte by byte the same, and says what it no longer has", () => {
    const target = joined();
    const [original] = sent(
      target.step({ kind: "publish", fields: { systole: "{}" } }, 50, 1_700_000_000_050),
      "status",
    );
    const sequence = Number.parseInt((original && textField(original, "seq")) ?? "", 16);
    const ask = (number: number): Message =>
      fromPeer(
        { t: "NS_rexmit", dest: "master", firstseq: String(number), lastseq: String(number) },
        undefined,
      );
    expect(sent(receive(target, ask(sequence), 60), "status")).toEqual([original]);
    expect(sent(receive(target, ask(sequence), 70), "status")).toEqual([]);
    expect(receive(target, ask(5000), 80).filter((output) => output.kind === "message.send")).toEqual([]);
    for (let round = 0; round < 600; round += 1) target.step({ kind: "publish", fields: {} }, 90, 90);
    const [refusal] = sent(receive(target, ask(sequence), 95), "NS_nak_rexmit");
    expect(refusal && textField(refusal, "info")).toBe("seqno too low");
  });

  it("acknowledges every tenth message of a peer, always of the same residue", () => {
    const target = joined();
    const values: number[] = [];
    for (let sequence = 4; sequence <= 64; sequence += 1) {
      const acknowledgements = sent(receive(target, status("active", sequence), sequence), "NS_ackmsg");
      values.push(
        ...acknowledgements.map((message) => Number.parseInt(textField(message, "ackseq") ?? "", 16)),
      );
    }
    expect(values).toHaveLength(6);
    expect(new Set(values.map((value) => value % 10)).size).toBe(1);
  });
});

describe("ping nodes", () => {
  const withPing = (): MembershipMachine => machine({ pingNodes: [{ name: "gateway", group: false }] });

  it("are asked with every pulse over their own link, and live by their echo", () => {
    const target = withPing();
    const outputs = tick(target, 0);
    const probe = outputs.find((output) => output.kind === "message.send" && output.links !== undefined);
    expect(probe).toMatchObject({ links: ["gateway"] });
    const [echo] = sent(outputs, "NS_st");
    if (echo === undefined) throw new Error("no probe was sent");
    expect(changes(receive(target, echo, 3, "gateway"))).toEqual(["gateway init>ping answers"]);
    expect(changes(runTo(target, 2100))).toContain("gateway ping>dead silent");
  });

  it("are not believed over another link", () => {
    const target = withPing();
    const [echo] = sent(tick(target, 0), "NS_st");
    if (echo === undefined) throw new Error("no probe was sent");
    expect(changes(receive(target, echo, 3, "eth0"))).toEqual([]);
  });
});

it("leaves and falls silent", () => {
  const target = joined();
  target.step({ kind: "leave" }, 10, 10);
  expect(tick(target, 1000)).toEqual([]);
  expect(target.deadline()).toBe(Number.POSITIVE_INFINITY);
});
