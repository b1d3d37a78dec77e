// A third party's plugin for the safety tests, loaded by systole.yaml: it can keep the daemon's event loop busy, and it is a power
// switch that obeys, fails, hangs or lies. It is told what to do, and says what it wants done, by files of its host.
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import {
  definePlugin,
  FenceDevice,
  Notifier,
  type FenceAction,
  type FenceResult,
  type Startable,
} from "@systole/sdk";
import { BUSY_FILE, DONE_FILE, MODE_FILE, OFF_FILE, REQUEST_FILE, type SwitchMode } from "./rig-files.js";

const LOOK_EVERY_MS = 20;
const NODES: readonly string[] = ["master", "cluster1"];

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : "";
}

function linesOf(path: string): readonly string[] {
  return textOf(path).split("\n");
}

/** Blocks the event loop for the milliseconds that the file says, once. */
class BusyLoop implements Notifier, Startable {
  private timer: NodeJS.Timeout | undefined;

  async start(): Promise<void> {
    this.timer = setInterval(() => {
      const forMs = Number(textOf(BUSY_FILE));
      if (forMs === 0) return;
      rmSync(BUSY_FILE);
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs);
    }, LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
  }

  async notify(): Promise<void> {
    // Told of everything, and interested in nothing.
  }
}

/** The test is the power switch: it reads the requests of this host and says which machines have power. */
class PowerSwitch implements FenceDevice {
  private asked = 0;

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const mode = textOf(MODE_FILE) as SwitchMode;
    if (mode === "fails") return { ok: false, kind: "error", reason: "the switch is on fire" };
    if (mode === "hangs") await pause(3_600_000, undefined, { signal });
    if (mode === "lies") return { ok: true };
    this.asked += 1;
    const request = `${String(process.pid)}-${String(this.asked)} ${action} ${node}`;
    appendFileSync(REQUEST_FILE, `${request}\n`);
    while (!linesOf(DONE_FILE).includes(request)) await pause(LOOK_EVERY_MS, undefined, { signal });
    return { ok: true };
  }

  async status(node: string): Promise<"on" | "off" | "unknown"> {
    if (!NODES.includes(node)) return "unknown";
    return linesOf(OFF_FILE).includes(node) ? "off" : "on";
  }

  async list(): Promise<readonly string[]> {
    return NODES;
  }
}

export default definePlugin({
  name: "safety-rig",
  version: "0.1.0",
  runtimes: ["node"],
  register(host) {
    host.provide(Notifier, "busy-loop", { inject: [], create: () => new BusyLoop() });
    host.provide(FenceDevice, "power-switch", { inject: [], create: () => new PowerSwitch() });
  },
});
