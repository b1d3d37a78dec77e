// Classes in which something breaks that is no whole machine: a resource, a daemon, what a node has stored.
import { expect } from "vitest";
import { sendSignal } from "../../host.js";
import type { Cluster } from "../cluster.js";
import type { DoneClass, Stage } from "../cts-class.js";
import { FreshLog } from "../logs.js";
import { holdersOf, nginxOn, serves } from "../rest.js";
import { DEAD_MS, NAMES, type Group, type Name } from "../three-nodes.js";

const FAILED = [/ error resource\.failed /];
/** Standard output of the guard of a daemon that was killed. */
const GUARDED = /^systole guard: the daemon has ended without giving them up: removed [\d./, ]+ from eth0$/;
const STATE = "/var/lib/systole";

/** The service of a group ends by itself; the cluster starts it again where it is. */
export async function failService(cluster: Cluster, group: Group): Promise<void> {
  const { home, service } = group;
  const before = nginxOn(cluster, home).map(({ pid }) => pid);
  if (service.kind === "mark") cluster.node(home).remove(service.path);
  else for (const pid of before) sendSignal(pid, "SIGKILL");
  const isAnew = (): boolean =>
    service.kind === "mark" || nginxOn(cluster, home).every(({ pid }) => !before.includes(pid));
  await cluster.until(
    `the service of ${group.address} to be back`,
    () => isAnew() && serves(cluster, home, group),
  );
  await cluster.systole(home, "cleanup");
}

async function loseAddress(cluster: Cluster, { home, address }: Group): Promise<void> {
  await cluster.node(home).host.must(["ip", "address", "delete", `${address}/24`, "dev", "eth0"]);
  await cluster.rest();
}

/** Who has the address is stopped; somebody else has it at once. */
async function knockDown({ cluster, dice }: Stage): Promise<void> {
  const group = dice.one(cluster.groups);
  const [owner = group.home] = holdersOf(cluster, group);
  await cluster.stop(owner);
  await cluster.until(`another to have ${group.address}`, () =>
    holdersOf(cluster, group).some((one) => one !== owner),
  );
  await cluster.start(owner);
  await cluster.rest();
}

async function detect({ cluster, dice, tell }: Stage): Promise<void> {
  const tookMs: number[] = [];
  for (const name of dice.shuffled(NAMES)) {
    const logs = cluster.others(name).map((one) => new FreshLog(cluster, one));
    const killedAtMs = Date.now();
    await cluster.kill(name);
    await cluster.until(`${name} to be called dead`, () =>
      logs.every((log) => log.deathsOf(name).length > 0),
    );
    tookMs.push(...logs.flatMap((log) => log.deathsOf(name)).map((atMs) => atMs - killedAtMs));
    await cluster.start(name);
    await cluster.rest();
  }
  const sum = tookMs.reduce((total, ms) => total + ms, 0);
  const figures = [Math.min(...tookMs), Math.round(sum / tookMs.length), Math.max(...tookMs)];
  tell(
    `a killed daemon was called dead after min, mean, max ${figures.join(", ")} ms; deadtime ${String(DEAD_MS)} ms`,
  );
  expect(tookMs).toHaveLength(2 * NAMES.length);
  // Not sooner than deadtime after its last word, and not much later.
  expect(Math.min(...tookMs)).toBeGreaterThan(DEAD_MS / 2);
  expect(Math.max(...tookMs)).toBeLessThan(3 * DEAD_MS);
}

async function failComponents({ cluster, dice, tell }: Stage): Promise<void> {
  const name = dice.one(NAMES);
  const before = await guardOf(cluster, name);
  expect(before).toBeGreaterThan(0);
  await cluster.node(name).host.must(["kill", "-9", String(before)]);
  await cluster.until("another guard", async () => {
    const now = await guardOf(cluster, name);
    return now !== undefined && now !== before;
  });
  await cluster.rest();
  for (const group of cluster.groups.filter(({ home }) => home === name)) await failService(cluster, group);
  const victim = dice.one(NAMES);
  tell(`guard and service of ${name}, daemon of ${victim}`);
  const resets = cluster.power.orders("off").length;
  await cluster.kill(victim);
  await cluster.until(`${victim} to be reset`, () => cluster.power.orders("off").length > resets);
}

/** Its pid, on its machine, when it watches. */
async function guardOf(cluster: Cluster, name: Name): Promise<number | undefined> {
  const guard = (await cluster.status(name))?.addressGuard;
  return guard?.state === "watching" ? guard.pid : undefined;
}

export const FAILURE_CLASSES: readonly DoneClass[] = [
  {
    name: "IPaddr",
    source: "heartbeat",
    what: "the node that has an address is found and stopped; another one has the address, until it is back",
    perform: knockDown,
  },
  {
    name: "ResourceRecover",
    source: "both",
    what: "a service ends by itself, and an address is deleted: each is back where it was",
    perform: async ({ cluster, dice }) => {
      await failService(cluster, dice.one(cluster.groups));
      await loseAddress(cluster, dice.one(cluster.groups));
    },
    allows: FAILED,
  },
  {
    name: "Fastdetection",
    source: "heartbeat",
    what: "each daemon is killed with -9; how long until the others call its node dead",
    perform: detect,
    allows: [GUARDED],
  },
  {
    name: "ResyncCIB",
    source: "Pacemaker",
    what: "a stopped node loses everything it has stored, and joins all the same",
    perform: async ({ cluster, dice }) => {
      const name = dice.one(NAMES);
      await cluster.stop(name);
      for (const file of ["uuid", "generation"])
        expect(cluster.node(name).has(`${STATE}/${file}`)).toBe(true);
      await cluster.node(name).host.must(["find", STATE, "-mindepth", "1", "-delete"]);
      await cluster.start(name);
      await cluster.rest();
    },
  },
];

export const FENCED_FAILURE_CLASSES: readonly DoneClass[] = [
  {
    name: "ComponentFail",
    source: "both",
    what: "a guard and a service are killed and started again where they were; a daemon is killed, and its machine reset",
    perform: failComponents,
    allows: [...FAILED, GUARDED],
  },
];
