// Fences through a program that reads what to do from its standard input, a word a line: `action=off`, `node=two`. What it
// is told does not show in the list of processes.
import { spawn } from "node:child_process";
import type { FenceAction, FenceDevice, FenceResult } from "@systole/sdk";
import type { CustomConfig } from "./config.js";

const MAX_OUTPUT_CHARACTERS = 4096;

export class CommandFenceDevice implements FenceDevice {
  constructor(private readonly config: CustomConfig["command"]) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (!this.config.nodes.includes(node))
      return { ok: false, kind: "unknown-node", reason: `${JSON.stringify(node)} is not in the list` };
    try {
      await this.ask(action, node, signal);
      return { ok: true };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, kind: signal.aborted ? "timeout" : "error", reason };
    }
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    if (!this.config.nodes.includes(node)) return "unknown";
    const said = await this.ask("status", node, signal).catch(() => "");
    const [, power] = /^(on|off)\s*$/.exec(said) ?? [];
    return power === "on" || power === "off" ? power : "unknown";
  }

  async list(): Promise<readonly string[]> {
    return this.config.nodes;
  }

  /** Resolves with what the program prints when it exits with 0. Its process group ends with the signal. */
  private async ask(action: FenceAction | "status", node: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const child = spawn(this.config.program, { detached: true, stdio: ["pipe", "pipe", "ignore"] });
    const giveUp = () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    signal.addEventListener("abort", giveUp, { once: true });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(0, MAX_OUTPUT_CHARACTERS);
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(`action=${action}\nnode=${node}\n`);
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", resolve);
      });
      if (code !== 0) throw new Error(`${this.config.program} exits with ${code ?? "a signal"}`);
      return output;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
}
