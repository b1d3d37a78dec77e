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

function refusedIn(status: StatusDocument): number {
  return Object.values(status.counters.framesRefused).reduce((sum, count) => sum + count, 0);
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
      "a packet of master",
      () => intruder.heard.find((one) => one.from === MASTER),
      {
        timeoutMs: PATIENCE_MS,
      },
    );
    genuine = fromMaster.bytes;
  });

  const kinds: readonly (readonly [name: string, make: (index: number) => Uint8Array])[] = [
    ["forged", () => forged(genuine)],
    ["replayed", () => genuine],
    ["truncated", (index) => genuine.subarray(0, Math.floor((genuine.length * index) / COPIES))],
    ["oversized", () => Buffer.concat([genuine.subarray(0, 4), Buffer.alloc(OVERSIZED_BYTES, 0x39)])],
    ["random", (index) => noise(1 + index * 70, index)],
  ];

  for (const [kind, make] of kinds) {
    it(`${kind} packets are counted and ignored`, async () => {
      const before = await statusOfBoth(lab);
      const sinceMs = monotonicMs();
      for (let index = 0; index < COPIES; index += 1) {
        for (const address of [MASTER, CLUSTER1]) intruder.send(address, make(index));
      }
      // Each node hears the copies; of a replay of its own packets master may make no count.
      await waitFor(
        `cluster1 to count ${kind} packets`,
        async () => refusedIn(await statusOf(lab, "cluster1")) >= refusedIn(before.cluster1) + COPIES - 1,
        { timeoutMs: PATIENCE_MS, everyMs: 200, describe: () => lab.node("cluster1").logTail(5) },
      );
      const after = await statusOfBoth(lab);
      for (const name of NODE_NAMES) {
        expect(pictureOf(after[name])).toEqual(pictureOf(before[name]));
      }
      expect(lab.holders.unchangedSinceMs()).toBeLessThan(sinceMs);
    });
  }

  it("logs them at a bounded rate", () => {
    const lines = lab.node("cluster1").read("/var/log/daemon.log").split("\n");
    expect(lines.filter((line) => /refused|dropped|authentic/i.test(line)).length).toBeLessThan(
      COPIES * kinds.length,
    );
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

async function statusOfBoth(lab: Lab): Promise<Record<NodeName, StatusDocument>> {
  const [master, cluster1] = await Promise.all(NODE_NAMES.map((name) => statusOf(lab, name)));
  if (master === undefined || cluster1 === undefined) throw new LabError("a node is missing");
  return { master, cluster1 };
}

/** What must not change: everything but the counters. */
function pictureOf(status: StatusDocument): unknown {
  return { nodes: status.nodes, groups: status.groups, stable: status.stable };
}
