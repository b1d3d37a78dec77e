// The lab's power: what a switch in a rack is to machines. Nodes reach it through a fence device, a plugin of a few lines, and
// it ends everything that runs on a host, or fails to, as a test wants it.
import { fileURLToPath } from "node:url";
import { CLUSTER_ADDRESS, NODE_NAMES, type NodeName } from "./cluster-files.js";
import { sendSignal } from "./host.js";
import type { Lab } from "./lab.js";
import { monotonicMs } from "./wait.js";
import type { ViewFile } from "./view.js";

/** `hangs`: never answers. `lies`: says yes and does nothing, and its status shows that. */
export type PowerBehaviour = "works" | "hangs" | "lies";

export interface PowerRequest {
  readonly id: string;
  readonly action: "off" | "on" | "reset" | "status";
  readonly node: NodeName;
}

/** A request, by whom, and when it came. */
export interface AskedPower extends PowerRequest {
  readonly by: NodeName;
  readonly atMs: number;
}

const ASKED = "/var/log/power.asked";
const ANSWERED = "/var/log/power.answered";
const LOOK_EVERY_MS = 10;
const SDK = fileURLToPath(new URL("../../../sdk/dist/index.js", import.meta.url));

const PLUGIN = `import { appendFile, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { definePlugin, FenceDevice } from ${JSON.stringify(SDK)};

const NODES = ${JSON.stringify(NODE_NAMES)};
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
export function powerFiles(): readonly ViewFile[] {
  const manifest = {
    name: "power",
    version: "1.0.0",
    type: "module",
    exports: "./index.js",
    peerDependencies: { "@systole/sdk": "^0.1.0" },
  };
  return [
    { path: "/etc/ha.d/power/package.json", text: JSON.stringify(manifest) },
    { path: "/etc/ha.d/power/index.js", text: PLUGIN },
  ];
}

export class LabPower {
  behaviour: PowerBehaviour = "works";
  /** Everything that was asked, in order. */
  readonly asked: AskedPower[] = [];
  private readonly off = new Set<NodeName>();
  private readonly seen = new Map<NodeName, number>();
  private readonly answers = new Map<NodeName, string>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly lab: Lab) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** The orders that would have switched something, without the questions. */
  orders(action: "off" | "on" | "reset"): readonly AskedPower[] {
    return this.asked.filter((one) => one.action === action);
  }

  /** The machine loses its power: everything on it ends at once, and with it its addresses. */
  async switchOff(name: NodeName): Promise<void> {
    const machine = this.lab.node(name);
    const { host } = machine;
    for (const { pid } of host.processes()) if (pid !== host.pid) sendSignal(pid, "SIGKILL");
    // What was frozen is dead now; the program outside that waits for it is not, and must go on to notice.
    machine.thaw();
    await machine.killHard();
    if (this.lab.holders.now().includes(name))
      await host.must(["ip", "address", "delete", `${CLUSTER_ADDRESS}/24`, "dev", "eth0"]);
    this.off.add(name);
  }

  isOff(name: NodeName): boolean {
    return this.off.has(name);
  }

  /** The machine boots, and its daemon starts. */
  async switchOn(name: NodeName): Promise<void> {
    if (!this.off.delete(name)) return;
    await this.lab.node(name).start();
  }

  private look(): void {
    for (const by of NODE_NAMES) {
      const lines = this.lab.node(by).read(ASKED).split("\n").slice(0, -1);
      const fresh = lines.slice(this.seen.get(by) ?? 0);
      this.seen.set(by, lines.length);
      for (const line of fresh) {
        const request = { ...(JSON.parse(line) as PowerRequest), by, atMs: monotonicMs() };
        this.asked.push(request);
        void this.serve(request);
      }
    }
  }

  private async serve({ id, action, node, by }: AskedPower): Promise<void> {
    if (this.behaviour === "hangs" && action !== "status") return;
    const works = this.behaviour === "works";
    if (works && (action === "off" || action === "reset")) await this.switchOff(node);
    if (works && (action === "on" || action === "reset")) await this.switchOn(node);
    const says = action === "status" ? (this.off.has(node) ? "off" : "on") : "ok";
    const text = `${this.answers.get(by) ?? ""}${JSON.stringify({ id, says })}\n`;
    this.answers.set(by, text);
    this.lab.node(by).write([{ path: ANSWERED, text }]);
  }
}
