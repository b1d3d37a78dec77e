// Classes that measure: bytes on the wire, and memory before and after something has been done again and again.
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { pause } from "../../wait.js";
import type { Cluster } from "../cluster.js";
import type { DoneClass, Stage } from "../cts-class.js";
import { KEEPALIVE_MS, NAMES, type Name } from "../three-nodes.js";
import { failService } from "./failures.js";

const COUNTED_MS = 3000;
const ROUNDS = 6;
/** What Node.js may take before it collects. A leak of the state of a cluster is far above it only in hours; this is no proof. */
const GROWTH_LIMIT_MB = 40;
const RESIDENT_LIMIT_MB = 300;
const FAILED = [/ error resource\.failed /];

interface Sent {
  readonly bytes: number;
  readonly packets: number;
}

/** What a node has sent over its second medium, which carries nothing but the pulse. */
function sent(cluster: Cluster, name: Name): Sent {
  const text = readFileSync(`/proc/${String(cluster.node(name).host.pid)}/net/dev`, "utf8");
  const [, after = ""] = text.split("eth1:");
  const counters = after.trim().split(/\s+/).map(Number);
  return { bytes: counters[8] ?? NaN, packets: counters[9] ?? NaN };
}

async function bandwidth({ cluster, tell }: Stage): Promise<void> {
  const before = NAMES.map((name) => sent(cluster, name));
  await pause(COUNTED_MS);
  for (const [index, name] of NAMES.entries()) {
    const { bytes, packets } = sent(cluster, name);
    const start = before[index] ?? { bytes: NaN, packets: NaN };
    const bytesPerSecond = Math.round(((bytes - start.bytes) * 1000) / COUNTED_MS);
    const perSecond = Math.round(((packets - start.packets) * 1000) / COUNTED_MS);
    tell(
      `${name} sends ${String(bytesPerSecond)} bytes and ${String(perSecond)} packets a second over a medium`,
    );
    expect(perSecond).toBeGreaterThan(500 / KEEPALIVE_MS);
    expect(perSecond).toBeLessThan(3000 / KEEPALIVE_MS);
    expect(bytesPerSecond / perSecond).toBeLessThan(1500);
  }
}

/** Resident megabytes of the daemon of each of these nodes. */
function resident(cluster: Cluster, names: readonly Name[]): readonly number[] {
  return names.map((name) => {
    const [main] = cluster.node(name).daemonProcesses();
    const status = readFileSync(`/proc/${String(main?.pid)}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  });
}

async function memoryAround(
  { cluster, tell }: Stage,
  names: readonly Name[],
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  const before = resident(cluster, names);
  await work();
  const after = resident(cluster, names);
  for (const [index, name] of names.entries()) {
    const [from = NaN, to = NaN] = [before[index], after[index]];
    tell(`${name}: ${from.toFixed(1)} MB before, ${to.toFixed(1)} MB after ${what}`);
    expect(to - from).toBeLessThan(GROWTH_LIMIT_MB);
    expect(to).toBeLessThan(RESIDENT_LIMIT_MB);
  }
}

export const MEASURE_CLASSES: readonly DoneClass[] = [
  {
    name: "Bandwidth",
    source: "heartbeat",
    what: "bytes and packets a second that each node sends over a medium, counted at its interface",
    perform: bandwidth,
  },
  {
    name: "Memory",
    source: "heartbeat",
    what: `resident memory of every daemon before and after ${String(ROUNDS)} failures of services`,
    perform: (stage) =>
      memoryAround(stage, NAMES, `${String(ROUNDS)} failures`, async () => {
        const { cluster, dice } = stage;
        for (let round = 0; round < ROUNDS; round += 1) await failService(cluster, dice.one(cluster.groups));
      }),
    allows: FAILED,
  },
  {
    name: "ElectionMemory",
    source: "heartbeat",
    what: "there are no elections; what stands for one, a node that leaves and joins again, is done three times, and memory looked at",
    perform: async (stage) => {
      const { cluster, dice } = stage;
      const name = dice.one(NAMES);
      await memoryAround(stage, cluster.others(name), `${name} left and joined three times`, async () => {
        for (let round = 0; round < 3; round += 1) {
          await cluster.stop(name);
          await cluster.start(name);
          await cluster.rest();
        }
      });
    },
  },
];
