// Classes in which somebody asks for something while everything is well: standby, new keys, a new log, a new resource.
import { expect } from "vitest";
import type { Cluster } from "../cluster.js";
import type { DoneClass, Stage } from "../cts-class.js";
import { FreshLog } from "../logs.js";
import { holdersOf } from "../rest.js";
import { haresources, markGroup, NAMES, type Name } from "../three-nodes.js";

const LOG = "/var/log/ha-log";

interface KeyReport {
  readonly own: { readonly keys: readonly string[] };
  readonly peers: readonly { readonly node: string; readonly keys: readonly string[] }[];
}

async function keysOf(cluster: Cluster, name: Name): Promise<KeyReport> {
  return JSON.parse(await cluster.systole(name, "keys", "status", "--json")) as KeyReport;
}

async function changeKeys({ cluster, dice }: Stage): Promise<void> {
  const name = dice.one(NAMES);
  const logs = NAMES.map((one) => new FreshLog(cluster, one));
  const before = (await keysOf(cluster, name)).own.keys;
  expect(await cluster.systole(name, "keys", "rotate")).toMatch(/\ndone: /);
  const { keys } = (await keysOf(cluster, name)).own;
  expect(keys).not.toEqual(before);
  await cluster.until("all others to know the new key alone", async () => {
    const known = await Promise.all(cluster.others(name).map((one) => keysOf(cluster, one)));
    return known.every(({ peers }) => peers.find(({ node }) => node === name)?.keys.join() === keys.join());
  });
  expect(logs.flatMap((log) => NAMES.flatMap((one) => log.deathsOf(one)))).toEqual([]);
}

async function renewLogs({ cluster, dice }: Stage): Promise<void> {
  const name = dice.one(NAMES);
  const node = cluster.node(name);
  await node.host.must(["mv", LOG, `${LOG}.1`]);
  node.reload();
  await cluster.systole(name, "cleanup");
  await cluster.standBy(name);
  await cluster.takeBack(name);
  expect(node.read(LOG)).toMatch(/ group\.claimed .*standby/);
  for (const other of cluster.others(name)) expect(cluster.node(other).read(LOG)).toMatch(/ node\.changed /);
}

/**
 * Configuration is read at the start: the nodes get the new line, and are restarted one after the other. What not every node
 * knows is started nowhere; what all know is served meanwhile.
 */
async function addResource({ cluster, dice }: Stage): Promise<void> {
  const added = markGroup(dice.one(NAMES), "10.10.180.250", "red");
  const before = cluster.groups;
  const text = haresources([...before, added]);
  for (const name of dice.shuffled(NAMES)) {
    expect(holdersOf(cluster, added)).toEqual([]);
    cluster.node(name).write([{ path: "/etc/ha.d/haresources", text }]);
    await cluster.stop(name);
    await cluster.start(name);
    await cluster.until(`what is at home on ${name} to be there`, () =>
      before.every((group) => holdersOf(cluster, group).join() === group.home),
    );
  }
  cluster.groups = [...before, added];
  await cluster.rest();
}

export const OPERATOR_CLASSES: readonly DoneClass[] = [
  {
    name: "Standby",
    source: "both",
    what: "`systole standby` on a node: what it has is served by the others, and comes back with `systole takeover local`",
    perform: async ({ cluster, dice }) => {
      const name = dice.one(NAMES);
      await cluster.standBy(name);
      await cluster.takeBack(name);
    },
  },
  {
    name: "Standby2",
    source: "heartbeat",
    what: "one node after the other stands by and comes back; a node that stands by gets nothing although its home is there",
    perform: async ({ cluster, dice }) => {
      for (const name of dice.shuffled(NAMES)) {
        await cluster.standBy(name);
        await cluster.takeBack(name);
      }
    },
  },
  {
    name: "Logging",
    source: "heartbeat",
    what: "a log is moved away and the daemon told: it goes on in a new one; every line of every log is well-formed",
    perform: renewLogs,
  },
  {
    name: "BSC_AddResource",
    source: "heartbeat",
    what: "a running daemon takes no new resource: haresources gets one on each node, which is restarted; it is served when all know it, the others all the time",
    perform: addResource,
  },
];

/** On a cluster whose frames are sealed. */
export const KEY_CLASSES: readonly DoneClass[] = [
  {
    name: "Cibsecret",
    source: "Pacemaker",
    what: "secrets are those of sealed frames: a node changes its key while it serves, the others learn it, nobody is called dead",
    perform: changeKeys,
  },
];
