// The walk-through's three files and what varies in them: other times (a test cannot wait 30 s), media, keys, failback.
import type { ViewFile } from "./view.js";

export const MASTER = "10.10.180.221";
export const CLUSTER1 = "10.10.180.222";
export const GATEWAY = "10.10.180.1";
export const CLIENT = "10.10.180.50";
export const CLUSTER_ADDRESS = "10.10.180.220";

export type NodeName = "master" | "cluster1";
export const NODE_NAMES: readonly NodeName[] = ["master", "cluster1"];

export interface Variant {
  readonly medium?: "ucast" | "bcast" | "mcast";
  readonly auth?: "md5" | "sha1" | "crc";
  readonly autoFailback?: "on" | "off" | "legacy";
  /** Resources of the one group, as in haresources. */
  readonly resources?: string;
  /** Default 1. Parts of a second are allowed. */
  readonly deadtimeSeconds?: number;
  /** Default 2. */
  readonly initdeadSeconds?: number;
  /** False: no ping node, and so nothing for ipfail to look at. Default true. */
  readonly ping?: boolean;
  /** Further lines of haresources. */
  readonly moreGroups?: readonly string[];
  /** Path of ipfail; Systole has the rule built in and takes any, the real heartbeat needs its own. */
  readonly ipfail?: string;
}

export interface NodeFiles {
  readonly haCf: string;
  readonly authkeys: string;
  readonly haresources: string;
}

const SEED_IPFAIL = "/usr/local/heartbeat/libexec/heartbeat/ipfail";
const AUTH_LINE = { md5: 3, sha1: 2, crc: 1 } as const;

/** The files of one node. Without a variant: the walk-through's, except for the four times. */
export function nodeFiles(node: NodeName, variant: Variant = {}): NodeFiles {
  const peer = node === "master" ? CLUSTER1 : MASTER;
  const media = {
    ucast: `ucast eth0 ${peer}`,
    bcast: "bcast eth0",
    mcast: "mcast eth0 225.0.0.1 694 1 0",
  };
  const deadAfterMs = (variant.deadtimeSeconds ?? 1) * 1000;
  const haCf = `debugfile /var/log/ha-debug
logfile /var/log/ha-log
logfacility     local0
keepalive 100ms
deadtime ${String(deadAfterMs)}ms
warntime ${String(deadAfterMs / 2)}ms
initdead ${String(variant.initdeadSeconds ?? 2)}
udpport 694
${media[variant.medium ?? "ucast"]}
auto_failback ${variant.autoFailback ?? "on"}
node master
node cluster1
${variant.ping === false ? "" : `ping ${GATEWAY}\nrespawn hacluster ${variant.ipfail ?? SEED_IPFAIL}\n`}`;
  return {
    haCf,
    authkeys: authkeys(variant.auth ?? "md5"),
    haresources: `master ${variant.resources ?? `${CLUSTER_ADDRESS}/24/eth0:0 nginx`}\n${(variant.moreGroups ?? []).map((line) => `${line}\n`).join("")}`,
  };
}

function authkeys(method: "md5" | "sha1" | "crc"): string {
  const lines = ["1 crc", "2 sha1 HI!", "3 md5 Hello!"];
  const chosen = AUTH_LINE[method];
  return [
    `auth ${String(chosen)}`,
    ...lines.map((line, index) => (index + 1 === chosen ? line : `#${line}`)),
    "",
  ].join("\n");
}

/** The page that tells the nodes apart, worded as in the walk-through. */
export function page(node: NodeName): string {
  return node === "master" ? "this is master!\n" : "this is cluster1 !\n";
}

/** An nginx that keeps to the host's own directories. `user root` because a user namespace has no other user. */
export function nginxConf(): string {
  return `user root;
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path /var/lib/nginx/body;
  proxy_temp_path /var/lib/nginx/proxy;
  fastcgi_temp_path /var/lib/nginx/fastcgi;
  uwsgi_temp_path /var/lib/nginx/uwsgi;
  scgi_temp_path /var/lib/nginx/scgi;
  server {
    listen 80;
    root /var/www/html;
  }
}
`;
}

/** All files of a node's view. */
export function viewFiles(node: NodeName, files: NodeFiles, nginx: string = nginxConf()): ViewFile[] {
  const hosts = [`127.0.0.1 localhost`, `${MASTER} master`, `${CLUSTER1} cluster1`, `${GATEWAY} gateway`];
  return [
    { path: "/etc/hosts", text: `${hosts.join("\n")}\n` },
    { path: "/etc/hostname", text: `${node}\n` },
    { path: "/etc/ha.d/ha.cf", text: files.haCf },
    { path: "/etc/ha.d/authkeys", text: files.authkeys, mode: 0o600 },
    { path: "/etc/ha.d/haresources", text: files.haresources },
    { path: "/etc/nginx/nginx.conf", text: nginx },
    { path: "/var/www/html/index.html", text: page(node) },
  ];
}
