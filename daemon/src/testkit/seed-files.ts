// The three files of the two-node nginx walk-through, as they are on the node `master`, and a machine to check them on.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thisMachine, type Machine } from "../config/machine.js";

export const SEED_HA_CF = `debugfile /var/log/ha-debug
logfile /var/log/ha-log
logfacility     local0
keepalive 2
deadtime 30
warntime 10
initdead 120
udpport 694
ucast eth0 10.10.180.222
auto_failback on
node master
node cluster1
ping 10.10.180.1
respawn hacluster /usr/local/heartbeat/libexec/heartbeat/ipfail
`;
export const SEED_AUTH_KEYS = "auth 3\n#1 crc\n#2 sha1 HI!\n3 md5 Hello!\n";
export const SEED_HA_RESOURCES = "master 10.10.180.220/24/eth0:0 nginx\n";

export interface HaDirectory {
  readonly path: string;
  /** Writes one of the files; authkeys and keys get mode 0600. */
  write(name: string, text: string | Uint8Array): void;
  remove(): void;
}

/** A new directory with the seed's files, in which `overrides` replace some and undefined leaves one out. */
export function makeHaDirectory(overrides: Readonly<Record<string, string | undefined>> = {}): HaDirectory {
  const path = mkdtempSync(join(tmpdir(), "systole-config-"));
  const write = (name: string, text: string | Uint8Array) => {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), text);
    chmodSync(join(path, name), name === "authkeys" || name.endsWith(".key") ? 0o600 : 0o644);
  };
  const files = {
    "ha.cf": SEED_HA_CF,
    authkeys: SEED_AUTH_KEYS,
    haresources: SEED_HA_RESOURCES,
    ...overrides,
  };
  for (const [name, text] of Object.entries(files)) if (text !== undefined) write(name, text);
  return { path, write, remove: () => rmSync(path, { recursive: true }) };
}

/** A directory with systole.yaml alone, which is the whole configuration, and the key that it names. */
export function makeWholeDirectory(
  systoleYaml: string,
  files: Readonly<Record<string, string>> = {},
): HaDirectory {
  const without = { "ha.cf": undefined, authkeys: undefined, haresources: undefined };
  return makeHaDirectory({ ...without, "cluster.key": "Hello!\n", "systole.yaml": systoleYaml, ...files });
}

/** The seed's three files, said in systole.yaml. */
export const SEED_SYSTOLE_YAML = `cluster: seed
timings: { keepalive: 2s, deadtime: 30s, warntime: 10s, initdead: 120s }
nodes:
  master: { address: 10.10.180.221 }
  cluster1: { address: 10.10.180.222 }
media:
  - unicast: { interface: eth0 }
  - ping: 10.10.180.1
authentication: { method: md5, key: { file: cluster.key } }
groups:
  web:
    resources: [10.10.180.220/24/eth0:0, nginx]
    prefer: [master, cluster1]
    failback: auto
`;

/** A machine called `master` with eth0 and no init scripts. */
export function seedMachine(changes: Partial<Machine> = {}): Machine {
  return {
    ...thisMachine(),
    hostname: () => "master",
    interfaceExists: (name) => name === "eth0",
    isDevice: (path) => path === "/dev/ttyS0",
    initDirectory: "/nowhere/init.d",
    ...changes,
  };
}
