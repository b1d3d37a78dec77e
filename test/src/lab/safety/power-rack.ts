// The rack's power switch as the test plays it: reads what the nodes' fence devices ask for, and does it to the machine.
import { NODE_NAMES, type Lab, type NodeName } from "../index.js";
import { DONE_FILE, MODE_FILE, OFF_FILE, REQUEST_FILE, type SwitchMode } from "./rig-files.js";

const LOOK_EVERY_MS = 20;

export class PowerRack {
  /** `ACTION NODE` in the order of being done. */
  readonly done: string[] = [];
  private readonly answered = new Set<string>();
  private readonly off = new Set<NodeName>();
  private working: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly lab: Lab) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** How the switch behaves from now on, on both nodes. */
  behave(mode: SwitchMode): void {
    for (const name of NODE_NAMES) this.lab.node(name).write([{ path: MODE_FILE, text: `${mode}\n` }]);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  private look(): void {
    for (const asker of NODE_NAMES) {
      const requests = this.lab.node(asker).read(REQUEST_FILE).split("\n");
      for (const request of requests) {
        if (request === "" || this.answered.has(request)) continue;
        this.answered.add(request);
        this.working = this.working.then(() => this.obey(asker, request));
      }
    }
  }

  private async obey(asker: NodeName, request: string): Promise<void> {
    const [, action = "", wanted = ""] = request.split(" ");
    const node = NODE_NAMES.find((name) => name === wanted);
    if (node !== undefined && action !== "on" && !this.off.has(node)) await this.lab.cutPower(node);
    if (node !== undefined && action === "off") this.off.add(node);
    if (node !== undefined && action === "on") this.off.delete(node);
    const off = [...this.off].map((name) => `${name}\n`).join("");
    for (const name of NODE_NAMES) this.lab.node(name).write([{ path: OFF_FILE, text: off }]);
    this.done.push(`${action} ${wanted}`);
    const answered = `${this.lab.node(asker).read(DONE_FILE)}${request}\n`;
    this.lab.node(asker).write([{ path: DONE_FILE, text: answered }]);
  }
}
