// The lab's power: what a switch in a rack is to machines. Nodes reach it through a fence device, a plugin of a few lines, and
// it ends everything that runs on a host, or fails to, as a test wants it.
import { fileURLToPath } from "node:url";
import { CLUSTER_ADDRESS, NODE_NAMES, type NodeName } from "./cluster-files.js";
import { sendSignal } from "./host.js";
import type { Lab } from "./lab.js";
import type { LabNode } from "./node.js";
import { monotonicMs } from "./wait.js";
import type { ViewFile } from "./view.js";

/** `hangs`: never answers. `lies`: says yes and does nothing, and its status shows that. */
export type PowerBehaviour = "works" | "hangs" | "lies";

export interface PowerRequest<Name extends string = NodeName> {
  readonly id: string;
  readonly action: "off" | "on" | "reset" | "status";
  readonly node: Name;
}

/** A request, by whom, and when it came. */
export interface AskedPower<Name extends string = NodeName> extends PowerRequest<Name> {
  readonly by: Name;
  readonly atMs: number;
}

/** The machines that hang on the switch. */
export interface PoweredMachines<Name extends string> {
  readonly names: readonly Name[];
  readonly node: (name: Name) => LabNode<Name>;
  /** Takes away what a machine without power has not, besides its processes. */
  readonly goneDark: (name: Name) => Promise<void>;
}

const ASKED = "/var/log/power.asked";
const ANSWERED = "/var/log/power.answered";
const LOOK_EVERY_MS = 10;
const SDK = fileURLToPath(new URL("../../../sdk/dist/index.js", import.meta.url));

const pluginFor = (
  names: readonly string[],
): string => `import { appendFile, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { definePlugin, FenceDevice } from ${JSON.stringify(SDK)};

const NODES = ${JSON.stringify(names)};
let last = 0;

async function ask(action, node, signal) {
  const id = \`\${process.pid}-\${(last += 1)}\`;
  await appendFile("${ASKED}", JSON.stringify({ id, action, node }) + "\\n");
  while (!signal.aborted) {
    const lines = (await readFile("${ANSWERED}", "utf8").catch(() => "")).split("\\n").slice(0, -1);
    const answer = lines.map((line) => JSON.parse(line)).find((one) => one.id === id);
    if (answer !== undefined) return answer.says;
    await delay(20);
  }
  return undefined;
}

export default definePlugin({
  name: "power",
  runtimes: ["node"],
  register(host) {
    host.provide(FenceDevice, "power", {
      inject: [],
      create: () => ({
        async execute(action, node, signal) {
          if (!NODES.includes(node)) return { ok: false, kind: "unknown-node", reason: "no such outlet" };
          const says = await ask(action, node, signal);
          return says === undefined ? { ok: false, kind: "timeout", reason: "it does not answer" } : { ok: true };
        },
        status: async (node, signal) => (await ask("status", node, signal)) ?? "unknown",
        list: async () => NODES,
      }),
    });
  },
});
`;

/** What a node needs to reach the power; `systole.yaml` names the plugin as `./power` and the device as `power`. */
export function powerFiles(names: readonly string[] = NODE_NAMES): readonly ViewFile[] {
  const manifest = {
    name: "power",
    version: "1.0.0",
    type: "module",
    exports: "./index.js",
    peerDependencies: { "@systole/sdk": "^0.1.0" },
  };
  return [
    { path: "/etc/ha.d/power/package.json", text: JSON.stringify(manifest) },
    { path: "/etc/ha.d/power/index.js", text: pluginFor(names) },
  ];
}

/** Those of a lab. */
export function machinesOf(lab: Lab): PoweredMachines<NodeName> {
  return {
    names: NODE_NAMES,
    node: (name) => lab.node(name),
    goneDark: async (name) => {
      if (!lab.holders.now().includes(name)) return;
      const remove = ["ip", "address", "delete", `${CLUSTER_ADDRESS}/24`, "dev", "eth0"];
      await lab.node(name).host.must(remove);
    },
  };
}

export class LabPower<Name extends string = NodeName> {
  behaviour: PowerBehaviour = "works";
  /** How long a machine that is switched on takes until its daemon starts. */
  bootMs = 0;
  /** Everything that was asked, in order. */
  readonly asked: AskedPower<Name>[] = [];
  private readonly off = new Set<Name>();
  private readonly seen = new Map<Name, number>();
  private readonly answers = new Map<Name, string>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly machines: PoweredMachines<Name>) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** The orders that would have switched something, without the questions. */
  orders(action: "off" | "on" | "reset"): readonly AskedPower<Name>[] {
    return this.asked.filter((one) => one.action === action);
  }

  /** The machine loses its power: everything on it ends at once, and with it its addresses. */
  async switchOff(name: Name): Promise<void> {
    const machine = this.machines.node(name);
    const { host } = machine;
    for (const { pid } of host.processes()) if (pid !== host.pid) sendSignal(pid, "SIGKILL");
    // What was frozen is dead now; the program outside that waits for it is not, and must go on to notice.
    machine.thaw();
    await machine.killHard();
    await this.machines.goneDark(name);
    this.off.add(name);
  }

  isOff(name: Name): boolean {
    return this.off.has(name);
  }

  /** The machine boots, and its daemon starts. */
  async switchOn(name: Name): Promise<void> {
    if (!this.off.delete(name)) return;
    if (this.bootMs > 0) setTimeout(() => void this.boot(name), this.bootMs);
    else await this.machines.node(name).start();
  }

  private async boot(name: Name): Promise<void> {
    // It may have been switched off again, and on.
    if (!this.off.has(name) && this.machines.node(name).daemonProcesses().length === 0)
      await this.machines.node(name).start();
  }

  private look(): void {
    for (const by of this.machines.names) {
      const lines = this.machines.node(by).read(ASKED).split("\n").slice(0, -1);
      const fresh = lines.slice(this.seen.get(by) ?? 0);
      this.seen.set(by, lines.length);
      for (const line of fresh) {
        const request = { ...(JSON.parse(line) as PowerRequest<Name>), by, atMs: monotonicMs() };
        this.asked.push(request);
        void this.serve(request);
      }
    }
  }

  private async serve({ id, action, node, by }: AskedPower<Name>): Promise<void> {
    if (this.behaviour === "hangs" && action !== "status") return;
    const works = this.behaviour === "works";
    if (works && (action === "off" || action === "reset")) await this.switchOff(node);
    if (works && (action === "on" || action === "reset")) await this.switchOn(node);
    const says = action === "status" ? (this.off.has(node) ? "off" : "on") : "ok";
    const text = `${this.answers.get(by) ?? ""}${JSON.stringify({ id, says })}\n`;
    this.answers.set(by, text);
    this.machines.node(by).write([{ path: ANSWERED, text }]);
  }
}
