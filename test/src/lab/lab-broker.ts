// A broker of MQTT on a host of the lab: real mosquitto, which can be killed, stopped and started again.
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasProgram } from "./ability.js";
import { sendSignal, type Host } from "./host.js";
import { LabError, waitFor } from "./wait.js";

/** Whether tests with a broker can run here: with CI=true they fail where it is missing. */
export const HAS_BROKER = hasProgram("mosquitto") || process.env.CI === "true";

export class LabBroker {
  private child: ChildProcess | undefined;
  private readonly config: string;
  private readonly log: string;

  /** `lines` replace the listener on port 1883 that lets everybody in. */
  constructor(
    private readonly host: Host,
    directory: string,
    lines: readonly string[] = ["listener 1883", "allow_anonymous true"],
  ) {
    this.config = join(directory, `mosquitto-${host.name}.conf`);
    this.log = join(directory, `mosquitto-${host.name}.log`);
    writeFileSync(this.config, ["user root", "persistence false", ...lines, ""].join("\n"));
  }

  /** Resolves when it runs. Throws LabError with its words when it does not. */
  async start(): Promise<void> {
    const log = openSync(this.log, "a");
    const before = readFileSync(this.log, "utf8").length;
    this.child = this.host.spawn(["mosquitto", "-v", "-c", this.config], ["ignore", log, log]);
    closeSync(log);
    const said = (): string => readFileSync(this.log, "utf8").slice(before);
    await waitFor("mosquitto", () => / running\n/.test(said()), { timeoutMs: 10_000, describe: said });
  }

  /** As the power cut of its machine. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await waitFor("the broker's end", () => this.pids().length === 0, { timeoutMs: 5000 });
    this.child = undefined;
  }

  /** It keeps its connections and does nothing any more. */
  freeze(): void {
    this.signal("SIGSTOP");
  }

  thaw(): void {
    this.signal("SIGCONT");
    // nsenter stops itself along with the program it started.
    if (this.child?.pid !== undefined) sendSignal(this.child.pid, "SIGCONT");
  }

  private signal(name: NodeJS.Signals): void {
    const pids = this.pids();
    if (pids.length === 0) throw new LabError(`no broker runs on ${this.host.name}`);
    for (const pid of pids) sendSignal(pid, name);
  }

  private pids(): readonly number[] {
    return this.host
      .processes()
      .filter(({ program, state }) => program === "mosquitto" && state !== "Z")
      .map(({ pid }) => pid);
  }
}
