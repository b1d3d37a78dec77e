// The files of a cluster of three nodes with two media and a group at home on each.
import { nginxConf } from "../cluster-files.js";
import type { ViewFile } from "../view.js";

export const NAMES = ["master", "cluster1", "cluster2"] as const;
export type Name = (typeof NAMES)[number];

export const DEAD_MS = 1500;
export const KEEPALIVE_MS = 100;

/** What a group has besides its address. */
export type Service = { readonly kind: "nginx" } | { readonly kind: "mark"; readonly path: string };

export interface Group {
  readonly home: Name;
  readonly address: string;
  readonly service: Service;
}

const MARKS = "/run/marks";

export function markGroup(home: Name, address: string, mark: string): Group {
  return { home, address, service: { kind: "mark", path: `${MARKS}/${mark}` } };
}

export const GROUPS: readonly Group[] = [
  { home: "master", address: "10.10.180.220", service: { kind: "nginx" } },
  markGroup("cluster1", "10.10.180.230", "blue"),
  markGroup("cluster2", "10.10.180.240", "green"),
];

/** The same last number in both networks. */
const NUMBERS: Readonly<Record<Name, number>> = { master: 221, cluster1: 222, cluster2: 223 };

export function ownAddress(name: Name, medium: "eth0" | "eth1"): string {
  return `${medium === "eth0" ? "10.10.180" : "10.10.181"}.${String(NUMBERS[name])}`;
}

/** As haresources names it, and with it the group. */
export function keyOf({ address }: Group): string {
  return `${address}/24/eth0:${String(Number(address.split(".").at(-1)) - 220)}`;
}

export function haresources(groups: readonly Group[]): string {
  const lines = groups.map((group) => {
    const { home, service } = group;
    const second = service.kind === "nginx" ? "nginx" : `mark::${service.path.slice(MARKS.length + 1)}`;
    return `${home} ${keyOf(group)} ${second}\n`;
  });
  return lines.join("");
}

const HA_CF = `logfile /var/log/ha-log
keepalive ${String(KEEPALIVE_MS)}ms
deadtime ${String(DEAD_MS)}ms
warntime ${String(DEAD_MS / 2)}ms
initdead 2
udpport 694
bcast eth0 eth1
auto_failback on
${NAMES.map((name) => `node ${name}\n`).join("")}`;

/** A service of three lines, as heartbeat's own scripts are written: a mark on the machine that runs it. */
const MARK_SCRIPT = `#!/bin/sh
mark=${MARKS}/$1
case $2 in
  start) mkdir -p ${MARKS} && touch "$mark" ;;
  stop) rm -f "$mark" ;;
  status) if [ -e "$mark" ]; then echo running; else echo stopped; exit 3; fi ;;
  *) exit 64 ;;
esac
`;

/** `more`: further lines of systole.yaml; `plugins`: further ones beside the quorum of the majority. */
export function filesOf(
  name: Name,
  plugins: readonly string[],
  more: readonly string[],
): readonly ViewFile[] {
  const uses = ["quorum-majority", ...plugins].map((one) => `{ use: ${one} }`);
  const systoleYaml = [
    `plugins: [${uses.join(", ")}]`,
    "quorum: [majority]",
    "isolation: release",
    "defaults: { monitor: { every: 500ms }, timeouts: { monitor: 5s } }",
    ...more,
    "",
  ];
  const hosts = NAMES.map((one) => `${ownAddress(one, "eth0")} ${one}\n`).join("");
  return [
    { path: "/etc/hosts", text: `127.0.0.1 localhost\n${hosts}` },
    { path: "/etc/hostname", text: `${name}\n` },
    { path: "/etc/ha.d/ha.cf", text: HA_CF },
    { path: "/etc/ha.d/authkeys", text: "auth 1\n1 sha1 three-nodes\n", mode: 0o600 },
    { path: "/etc/ha.d/haresources", text: haresources(GROUPS) },
    { path: "/etc/ha.d/systole.yaml", text: systoleYaml.join("\n") },
    { path: "/etc/ha.d/resource.d/mark", text: MARK_SCRIPT, mode: 0o755 },
    { path: "/etc/nginx/nginx.conf", text: nginxConf() },
    { path: "/var/log/nginx/error.log", text: "" },
    { path: "/var/www/html/index.html", text: `this is ${name} !\n` },
  ];
}
