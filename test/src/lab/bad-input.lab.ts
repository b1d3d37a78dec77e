// Packets that no node sent, or that a node sent once already: counted by reason, and nothing changes.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CLUSTER1, MASTER, NODE_NAMES, type NodeName } from "./cluster-files.js";
import {
  closeLab,
  describeInLab,
  openStarted,
  PATIENCE_MS,
  settledOn,
  statusOf,
  type StatusDocument,
} from "./in-lab.js";
import { Intruder } from "./intruder.js";
import type { Lab } from "./lab.js";
import { LabError, monotonicMs, waitFor } from "./wait.js";

const COPIES = 20;
const OVERSIZED_BYTES = 65_000;
const BURST = 100;
const BURSTS = 4;

/** A packet of a node with one byte of its signature changed. */
function forged(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  const at = copy.length - 3;
  copy[at] = copy[at] === 0x30 ? 0x31 : 0x30;
  return copy;
}

/** The same bytes in every run. */
function noise(length: number, seed: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash("sha256")
      .update(`${String(seed)} ${String(index)}`)
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

describeInLab("packets that must change nothing", () => {
  let lab: Lab;
  let intruder: Intruder;
  let genuine: Buffer;

  beforeAll(async () => {
    // Broadcasts, so that the gateway hears genuine packets to replay.
    lab = await openStarted({ implementation: "systole", variant: { medium: "bcast" } });
    intruder = new Intruder(lab);
    const fromMaster = await waitFor(
      "a status of master",
      // Only numbered messages can be told to be repeated: an acknowledgement has no number.
      () => intruder.heard.find((one) => one.from === MASTER && one.bytes.includes("t=status,")),
      {
        timeoutMs: PATIENCE_MS,
      },
    );
    genuine = fromMaster.bytes;
  });

  const kinds: readonly (readonly [name: string, reason: string, make: (index: number) => Uint8Array])[] = [
    ["forged", "mismatch", () => forged(genuine)],
    ["replayed", "duplicate", () => genuine],
    // Half of it at most: what only lacks the end of its signature is a forgery.
    [
      "truncated",
      "truncated",
      (index) => genuine.subarray(0, 5 + Math.floor((genuine.length * index) / COPIES / 2)),
    ],
    [
      "oversized",
      "malformed-length",
      () => Buffer.concat([genuine.subarray(0, 4), Buffer.alloc(OVERSIZED_BYTES, 0x39)]),
    ],
    ["random", "not-a-frame", (index) => noise(1 + index * 70, index)],
  ];

  for (const [kind, reason, make] of kinds) {
    it(`${kind} packets are counted as ${reason} and ignored`, async () => {
      const before = await statusOfBoth(lab);
      const sinceMs = monotonicMs();
      for (let index = 0; index < COPIES; index += 1) {
        for (const address of [MASTER, CLUSTER1]) intruder.send(address, make(index));
      }
      await refusals(lab, reason, (before.cluster1.counters.framesRefused[reason] ?? 0) + COPIES);
      const after = await statusOfBoth(lab);
      for (const name of NODE_NAMES) expect(pictureOf(after[name])).toEqual(pictureOf(before[name]));
      expect(lab.holders.unchangedSinceMs()).toBeLessThan(sinceMs);
    });
  }

  it("logs them at a bounded rate", async () => {
    const before = await statusOf(lab, "cluster1");
    let wanted = before.counters.framesRefused.mismatch ?? 0;
    for (let burst = 0; burst < BURSTS; burst += 1) {
      for (let index = 0; index < BURST; index += 1) intruder.send(CLUSTER1, forged(genuine));
      wanted += BURST;
      await refusals(lab, "mismatch", wanted); // Burst by burst, so that the socket's buffer loses none.
    }
    const lines = lab.node("cluster1").read("/var/log/daemon.log").split("\n");
    const logged = lines.filter((line) => line.includes("frame.refused")).length;
    expect(logged).toBeGreaterThan(0);
    expect(logged).toBeLessThan((BURST * BURSTS) / 2);
  });

  it("still fails over afterwards", async () => {
    expect(await lab.node("master").stop()).toBe(0);
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
  });

  afterAll(async () => {
    intruder?.close();
    await closeLab(lab);
  });
});

/** Waits until cluster1 has refused `wanted` packets for `reason`. (Of its own packets, replayed, master makes no count.) */
async function refusals(lab: Lab, reason: string, wanted: number): Promise<void> {
  let seen: unknown;
  await waitFor(
    `cluster1 to refuse ${String(wanted)} packets for ${reason}`,
    async () => {
      const { framesRefused } = (await statusOf(lab, "cluster1")).counters;
      seen = framesRefused;
      return (framesRefused[reason] ?? 0) >= wanted;
    },
    { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => JSON.stringify(seen) },
  );
}

async function statusOfBoth(lab: Lab): Promise<Record<NodeName, StatusDocument>> {
  const [master, cluster1] = await Promise.all(NODE_NAMES.map((name) => statusOf(lab, name)));
  if (master === undefined || cluster1 === undefined) throw new LabError("a node is missing");
  return { master, cluster1 };
}

/** What must not change: everything but the counters. */
function pictureOf(status: StatusDocument): unknown {
  return { nodes: status.nodes, groups: status.groups, stable: status.stable };
}
