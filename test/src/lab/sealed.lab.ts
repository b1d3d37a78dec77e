// From signed to sealed frames on a real cluster, node after node and without a restart, while a client asks all the time;
// then a new key, packets that must change nothing, and a key that is revoked.
import { statSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CLUSTER1, MASTER, NODE_NAMES, type NodeName } from "./cluster-files.js";
import {
  closeLab,
  describeInLab,
  joined,
  openStarted,
  PATIENCE_MS,
  settledOn,
  statusOf,
  systole,
} from "./in-lab.js";
import { Intruder } from "./intruder.js";
import type { Lab } from "./lab.js";
import { LAUNCHER } from "./programs.js";
import { monotonicMs, pause, waitFor } from "./wait.js";

const KEYS = "/etc/ha.d/keys";
const COPIES = 20;
/** What seals and signs reads so in every packet. */
const SEALED = Buffer.from("SEA1");
const SIGNED = Buffer.from("###\n");

interface KeyReport {
  readonly mode: string;
  readonly own: {
    readonly keys: readonly string[];
    readonly step: string;
    readonly waitsFor: readonly string[];
  };
  readonly peers: readonly {
    readonly node: string;
    readonly sends: string;
    readonly keys: readonly string[];
  }[];
  readonly revoked: readonly { readonly node: string; readonly key: string }[];
}

describeInLab("sealed frames", () => {
  let lab: Lab;
  let intruder: Intruder;
  let sinceMs: number;

  beforeAll(async () => {
    // Broadcasts, so that the gateway hears what is said.
    lab = await openStarted({ implementation: "systole", variant: { medium: "bcast" } });
    await settledOn(lab, "master");
    await joined(lab, "cluster1");
    intruder = new Intruder(lab);
    sinceMs = monotonicMs();
  });

  const keysOf = async (node: NodeName): Promise<KeyReport> =>
    JSON.parse(await systole(lab, node, "keys", "status", "--json")) as KeyReport;

  /** As an operator does it: the file, and then the daemon is told. */
  async function goOver(node: NodeName, mode: string): Promise<void> {
    lab.node(node).write([{ path: "/etc/ha.d/systole.yaml", text: `security: { mode: ${mode} }\n` }]);
    expect(await systole(lab, node, "keys", "reload")).toContain(`mode ${mode}`);
  }

  /** What was heard on the wire in `forMs`, by node. */
  async function heardIn(forMs: number): Promise<ReadonlyMap<string, readonly Buffer[]>> {
    const before = intruder.heard.length;
    intruder.heard.length = 0;
    await pause(forMs);
    expect(before).toBeGreaterThanOrEqual(0);
    return new Map(
      [MASTER, CLUSTER1].map((address) => [
        address,
        intruder.heard.filter(({ from }) => from === address).map(({ bytes }) => bytes),
      ]),
    );
  }

  const startsWith = (packets: readonly Buffer[] | undefined, mark: Buffer): boolean =>
    packets !== undefined &&
    packets.length > 0 &&
    packets.every((bytes) => bytes.subarray(0, mark.length).equals(mark));

  /** Since the beginning nobody was without an answer, nothing moved, and no node was given up. */
  function expectUnharmed(): void {
    expect(lab.answers.since(sinceMs).length).toBeGreaterThan(10);
    expect(lab.answers.longestGap(sinceMs, monotonicMs())).toBe(0);
    expect(lab.holders.unchangedSinceMs()).toBeLessThan(sinceMs);
    for (const name of NODE_NAMES)
      expect(lab.node(name).read("/var/log/daemon.log")).not.toMatch(/node\.changed.* to=dead/);
  }

  it("are begun by making a key on each node and copying its public half", async () => {
    for (const name of NODE_NAMES) {
      expect(await systole(lab, name, "keys", "new", "--node", name)).toContain(`The key of ${name} is `);
    }
    lab
      .node("cluster1")
      .write([{ path: `${KEYS}/master.pub`, text: lab.node("master").read(`${KEYS}/master.pub`) }]);
    lab
      .node("master")
      .write([{ path: `${KEYS}/cluster1.pub`, text: lab.node("cluster1").read(`${KEYS}/cluster1.pub`) }]);
    expect(startsWith((await heardIn(500)).get(MASTER), SIGNED)).toBe(true);
  });

  it("are refused as long as the other node could not open them", async () => {
    lab.node("master").write([{ path: "/etc/ha.d/systole.yaml", text: "security: { mode: permissive }\n" }]);
    const { code, stderr } = await lab
      .node("master")
      .host.run([process.execPath, LAUNCHER, "keys", "reload"]);
    expect(code).toBe(1);
    expect(stderr).toContain("cluster1 does not answer to sealed frames; set receive-only there first");
    expect(startsWith((await heardIn(300)).get(MASTER), SIGNED)).toBe(true);
    expectUnharmed();
  });

  it("take the place of signed ones node after node, and no answer is lost", async () => {
    for (const mode of ["receive-only", "permissive", "enforce"]) {
      for (const name of NODE_NAMES) {
        await goOver(name, mode);
        await pause(700);
      }
      const heard = await heardIn(500);
      const mark = mode === "receive-only" ? SIGNED : SEALED;
      for (const address of [MASTER, CLUSTER1]) expect(startsWith(heard.get(address), mark)).toBe(true);
    }
    for (const name of NODE_NAMES) {
      const { mode, peers } = await keysOf(name);
      expect(mode).toBe("enforce");
      expect(peers).toMatchObject([{ sends: "sealed" }]);
      expect(Object.keys((await statusOf(lab, name)).counters.framesRefused)).not.toContain("not-sealed");
    }
    expectUnharmed();
  });

  it("change their keys without a lost answer, and show each step", async () => {
    const before = (await keysOf("master")).own.keys;
    const steps = await systole(lab, "master", "keys", "rotate");
    expect(steps).toMatch(/^(add: .*\n)*activate: .*\ndone: .*\n$/);
    const { own } = await keysOf("master");
    expect(own).toMatchObject({ step: "steady", waitsFor: [] });
    expect(own.keys).not.toEqual(before);
    const known = await waitFor(
      "cluster1 to know the new key alone",
      async () => {
        const keys = (await keysOf("cluster1")).peers[0]?.keys ?? [];
        return keys.length === 1 ? keys : undefined;
      },
      { timeoutMs: PATIENCE_MS, everyMs: 100 },
    );
    expect(known).toEqual(own.keys);
    expectUnharmed();
  });

  it("change nothing when they are replayed, forged, cut, foreign, or not sealed at all", async () => {
    const [genuine] = (await heardIn(500)).get(MASTER) ?? [];
    if (genuine === undefined) throw new Error("master says nothing");
    const flipped = Buffer.from(genuine);
    flipped[flipped.length - 20] = (flipped[flipped.length - 20] ?? 0) ^ 1;
    const stranger = Buffer.from(genuine);
    stranger.fill(0x5a, 4, 12);
    const kinds: readonly (readonly [reason: string, bytes: Buffer])[] = [
      ["replayed", genuine],
      ["mismatch", withOtherCounter(flipped)],
      ["malformed", genuine.subarray(0, 60)],
      ["unknown-key", stranger],
      ["not-sealed", Buffer.from("###\n11:(0)t=status,%%%\n5:1 abc,")],
    ];
    for (const [reason, bytes] of kinds) {
      const before = (await statusOf(lab, "cluster1")).counters.framesRefused[reason] ?? 0;
      for (let copy = 0; copy < COPIES; copy += 1) intruder.send(CLUSTER1, bytes);
      await waitFor(
        `cluster1 to refuse ${String(COPIES)} packets for ${reason}`,
        async () =>
          ((await statusOf(lab, "cluster1")).counters.framesRefused[reason] ?? 0) >= before + COPIES,
        { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => lab.node("cluster1").logTail() },
      );
    }
    expectUnharmed();
  });

  it("that were captured are refused when a daemon has been restarted", async () => {
    const captured = (await heardIn(1000)).get(MASTER) ?? [];
    expect(captured.length).toBeGreaterThan(5);
    expect(await lab.node("cluster1").stop()).toBe(0);
    await lab.node("cluster1").start();
    await joined(lab, "cluster1");
    const generation = (await statusOf(lab, "cluster1")).nodes.find(
      ({ name }) => name === "master",
    )?.generation;
    const before = (await statusOf(lab, "cluster1")).counters;
    for (const bytes of captured) intruder.send(CLUSTER1, bytes);
    await waitFor(
      "cluster1 to refuse what was captured",
      async () =>
        ((await statusOf(lab, "cluster1")).counters.framesRefused["replayed"] ?? 0) >=
        (before.framesRefused["replayed"] ?? 0) + captured.length,
      { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => lab.node("cluster1").logTail() },
    );
    const after = (await statusOf(lab, "cluster1")).nodes.find(({ name }) => name === "master");
    expect(after).toMatchObject({ state: "active", generation });
    expect(lab.answers.longestGap(sinceMs, monotonicMs())).toBe(0);
  });

  it("fail over as signed ones do", async () => {
    expect(await lab.node("master").stop()).toBe(0);
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
    await lab.node("master").start();
    expect(await settledOn(lab, "master")).toBe("master");
    await joined(lab, "cluster1");
  });

  it("of a revoked node count for nothing, and a new key brings it back", async () => {
    const refused = await lab
      .node("master")
      .host.run([process.execPath, LAUNCHER, "keys", "revoke", "cluster1"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("end its daemon first");
    const [stolen] = (await heardIn(500)).get(CLUSTER1) ?? [];
    if (stolen === undefined) throw new Error("cluster1 says nothing");
    expect(await lab.node("cluster1").stop()).toBe(0);
    await waitFor(
      "master to have heard nothing of cluster1 for a while",
      async () => (await keysOf("master")).peers[0]?.sends === "nothing",
      { timeoutMs: PATIENCE_MS, everyMs: 200 },
    );
    expect(await systole(lab, "master", "keys", "revoke", "cluster1")).toContain("Revoked: ");
    intruder.send(MASTER, stolen);
    await waitFor(
      "master to refuse the revoked key",
      async () => ((await statusOf(lab, "master")).counters.framesRefused["revoked-key"] ?? 0) > 0,
      { timeoutMs: PATIENCE_MS, everyMs: 100 },
    );
    await systole(lab, "cluster1", "keys", "new", "--replace", "--node", "cluster1");
    lab
      .node("master")
      .write([{ path: `${KEYS}/cluster1.pub`, text: lab.node("cluster1").read(`${KEYS}/cluster1.pub`) }]);
    await systole(lab, "master", "keys", "reload");
    await lab.node("cluster1").start();
    await joined(lab, "master");
    await joined(lab, "cluster1");
    expect((await keysOf("master")).revoked).toHaveLength(1);
  });

  it("leave the secret key to root alone, and listen on no TCP port", async () => {
    for (const name of NODE_NAMES) {
      const { host } = lab.node(name);
      expect((await host.must(["stat", "-c", "%a", `${KEYS}/node.key`])).trim()).toBe("600");
      const [daemon] = lab.node(name).daemonProcesses();
      const sockets = await host.must([
        "sh",
        "-c",
        `ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c socket; cat /proc/net/tcp /proc/net/tcp6`,
      ]);
      const listening = sockets.split("\n").filter((line) => / 0A /.test(line));
      // nginx's own port 80 is the service; nothing else listens.
      expect(listening.filter((line) => !/:0050 /.test(line))).toEqual([]);
      expect(daemon).toBeDefined();
    }
    expect(statSync(LAUNCHER).isFile()).toBe(true);
  });

  afterAll(async () => {
    intruder?.close();
    await closeLab(lab);
  });
});

/** Nobody has seen its number yet, so that what is wrong with it is not that it comes again. */
function withOtherCounter(frame: Buffer): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt32BE(0x7fffffff, 4 + 8 + 16 + 4);
  return copy;
}
