// Nodes that run Systole as it was installed from packed packages, with plugins that nobody here has written.
import { openSync } from "node:fs";
import { join } from "node:path";
import { NODE_NAMES, type NodeName } from "./cluster-files.js";
import { sendSignal } from "./host.js";
import type { Lab } from "./lab.js";
import type { PackedSite } from "./packed-site.js";
import type { ViewFile } from "./view.js";

export const POWER_LOG = "/var/log/power.log";
export const DAEMON_LOG = "/var/log/daemon.log";
const ADDRESSES = { master: "10.10.180.221", cluster1: "10.10.180.222" } as const;

/** The part of `systole status --json` that is read here. */
export interface Status {
  readonly groups: readonly { readonly owner?: string; readonly state: string }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly links: readonly { readonly name: string; readonly state: string }[];
  }[];
  readonly counters: {
    readonly framesReceived: number;
    readonly framesRefused: Readonly<Record<string, number>>;
  };
}

/** The example's own systole.yaml, with this node's addresses, and what it names. */
export function filesOfExample(site: PackedSite, node: NodeName): readonly ViewFile[] {
  const [own, peer] =
    node === "master" ? [ADDRESSES.master, ADDRESSES.cluster1] : [ADDRESSES.cluster1, ADDRESSES.master];
  const text = site
    .read("custom-plugin/systole.yaml")
    .replace("use: ./custom-plugin", `use: ${site.path("custom-plugin")}`)
    .replace(/address: \S+, peer: \S+,/, `address: ${own}, peer: ${peer},`)
    .replace("/usr/local/sbin/power-switch", "/etc/ha.d/power-switch")
    .replace("transports:", `  - use: ${site.path("unruly")}\ntransports:`)
    .replace("notifiers: [file]", "notifiers: [file, unruly]");
  const powerSwitch = `#!/bin/sh
while IFS== read -r key value; do case $key in action) action=$value ;; node) node=$value ;; esac; done
echo "$action $node" >> ${POWER_LOG}
`;
  return [
    { path: "/etc/ha.d/systole.yaml", text },
    { path: "/etc/ha.d/hmac.key", text: "a long random key\n", mode: 0o600 },
    { path: "/etc/ha.d/power-switch", text: powerSwitch, mode: 0o755 },
  ];
}

/** Plugins of the two protocols of the cluster itself, as `systole plugin new` has written them. */
export function filesOfProtocols(site: PackedSite): readonly ViewFile[] {
  const uses = ["membership", "resource-policy"].map((kind) => `  - use: ${site.path(`new-${kind}`)}\n`);
  return [
    {
      path: "/etc/ha.d/systole.yaml",
      text: `plugins:\n${uses.join("")}membership: sample\npolicy: sample\n`,
    },
  ];
}

export class InstalledNodes {
  constructor(
    private readonly lab: Lab,
    private readonly site: PackedSite,
  ) {}

  startAll(): void {
    for (const node of NODE_NAMES) this.start(node);
  }

  start(node: NodeName): void {
    const log = openSync(join(this.lab.directory, node, `.${DAEMON_LOG}`), "a");
    const command = [process.execPath, this.site.systole, "run", "--node", node];
    this.lab.node(node).host.spawn(command, ["ignore", log, log]);
  }

  daemons(node: NodeName): readonly { readonly pid: number }[] {
    const processes = this.lab.node(node).host.processes();
    return processes.filter(({ commandLine }) => commandLine.includes(`${this.site.systole} run`));
  }

  signal(node: NodeName, signal: "SIGKILL" | "SIGTERM"): void {
    for (const { pid } of this.daemons(node)) sendSignal(pid, signal);
  }

  async status(node: NodeName): Promise<Status | undefined> {
    const asked = [process.execPath, this.site.systole, "status", "--json"];
    const answer = await this.lab.node(node).host.run(asked);
    return answer.code === 0 ? (JSON.parse(answer.stdout) as Status) : undefined;
  }
}
