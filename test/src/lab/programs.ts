// The three programs that the lab can run as the cluster: Systole, and for comparison heartbeat 3.0.6 and keepalived.
import { fileURLToPath } from "node:url";
import { CLUSTER_ADDRESS, nodeFiles, viewFiles, type NodeName, type Variant } from "./cluster-files.js";
import type { HostProcess } from "./processes.js";
import type { ViewFile } from "./view.js";

export type Implementation = "systole" | "heartbeat" | "keepalived";

/** Everything the lab must know about a program to run it on a host. */
export interface ClusterProgram {
  readonly name: Implementation;
  /** Program that must exist, and the Debian package that has it. */
  readonly needs: readonly [program: string, debianPackage: string];
  /** Needs users besides root, so it cannot run in a plain user's namespace. */
  readonly needsRealRoot: boolean;
  /** Directories that also show what the machine has there. */
  readonly inherit: readonly string[];
  readonly command: (node: string) => readonly string[];
  readonly files: (node: NodeName, variant: Variant) => ViewFile[];
  /** Shell commands in the host before the first start. */
  readonly prepare: string;
  /** Which processes of the host are the daemon, as opposed to what it manages. */
  readonly isDaemon: (process: HostProcess) => boolean;
  /** The one of them that is told to stop. */
  readonly isMain: (process: HostProcess) => boolean;
  readonly logs: readonly string[];
}

/** The program under test: `bin/systole` of this checkout. */
export const LAUNCHER = fileURLToPath(new URL("../../../bin/systole", import.meta.url));

/** Systole lets crc be only where somebody says that he wants it. */
function saidInsecure({ auth }: Variant): ViewFile[] {
  return auth === "crc" ? [{ path: "/etc/ha.d/systole.yaml", text: "security: { insecure: true }\n" }] : [];
}

const systole: ClusterProgram = {
  name: "systole",
  needs: ["nginx", "nginx"],
  needsRealRoot: false,
  inherit: [],
  command: (node) => [process.execPath, LAUNCHER, "run", "--node", node],
  files: (node, variant) => [...viewFiles(node, nodeFiles(node, variant)), ...saidInsecure(variant)],
  prepare: "",
  isDaemon: (one) => one.commandLine.includes(`${LAUNCHER} run`),
  isMain: (one) => one.commandLine.includes(`${LAUNCHER} run`),
  logs: ["/var/log/daemon.log"],
};

const heartbeat: ClusterProgram = {
  name: "heartbeat",
  needs: ["/usr/libexec/heartbeat/heartbeat", "heartbeat"],
  needsRealRoot: true,
  inherit: ["/etc/ha.d"],
  command: () => ["/usr/libexec/heartbeat/heartbeat", "-f"],
  files: (node, variant) =>
    viewFiles(node, nodeFiles(node, { ...variant, ipfail: "/usr/libexec/heartbeat/ipfail" })),
  prepare: [
    'cp -a "$REAL_VAR"/lib/heartbeat/. /var/lib/heartbeat/',
    "rm -f /var/lib/heartbeat/hb_generation /var/lib/heartbeat/hb_uuid /var/lib/heartbeat/hostcache /var/lib/heartbeat/delhostcache",
    "install -d -m 750 -o hacluster -g haclient /run/heartbeat /run/heartbeat/ccm /run/heartbeat/crm /run/heartbeat/dopd",
    "install -d -m 1777 /run/heartbeat/rsctmp /run/resource-agents",
  ].join("\n"),
  isDaemon: (one) => one.program === "heartbeat" || one.program === "ipfail",
  isMain: (one) => one.program === "heartbeat" && one.commandLine.includes("master control"),
  logs: ["/var/log/ha-log", "/var/log/daemon.log"],
};

/** Adverts such that a silent master is given up after 3.61 intervals, skew included, when deadtime is over for the others. */
function keepalivedConf(node: NodeName, variant: Variant): string {
  const isMaster = node === "master";
  const intervalSeconds = (0.28 * (variant.deadtimeSeconds ?? 1)).toFixed(2);
  return `global_defs {
  vrrp_version 3
  router_id ${node}
}
vrrp_instance VI {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${isMaster ? "150" : "100"}
  advert_int ${intervalSeconds}
  virtual_ipaddress {
    ${CLUSTER_ADDRESS}/24 dev eth0
  }
}
`;
}

const keepalived: ClusterProgram = {
  name: "keepalived",
  needs: ["keepalived", "keepalived"],
  needsRealRoot: false,
  inherit: [],
  command: () => ["keepalived", "--dont-fork", "--log-console", "-f", "/etc/keepalived/keepalived.conf"],
  files: (node, variant) => [
    ...viewFiles(node, nodeFiles(node)),
    { path: "/etc/keepalived/keepalived.conf", text: keepalivedConf(node, variant) },
  ],
  // keepalived moves the address only: nginx runs on both nodes all the time.
  prepare: "nginx >/dev/null 2>&1",
  isDaemon: (one) => one.program === "keepalived",
  isMain: (one) => one.program === "keepalived",
  logs: ["/var/log/daemon.log"],
};

export const PROGRAMS: Readonly<Record<Implementation, ClusterProgram>> = { systole, heartbeat, keepalived };

/** The directories of a node that are its own. */
export const OWN_DIRECTORIES = [
  "/etc/ha.d",
  "/etc/nginx",
  "/etc/keepalived",
  "/var/lib/systole",
  "/var/lib/heartbeat",
  "/var/lib/nginx",
  "/var/log",
  "/var/www",
] as const;

/** Files of a node that are its own. */
export const OWN_FILES = ["/etc/hosts", "/etc/hostname"] as const;
