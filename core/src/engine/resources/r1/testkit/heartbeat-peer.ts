// One R1 machine against a scripted heartbeat: what the peer says is written down as it was captured.
import {
  textField,
  textMessage,
  type Message,
  type NodeState,
  type NodeView,
} from "../../../../ports/index.js";
import { createR1, type R1Init, type R1Input, type R1Machine, type R1Output } from "../index.js";
import { describe, group, view } from "./host.js";
import { SaidAgain } from "./said-again.js";

/** `self` is bravo, with the group `db` at home; the peer is alpha, with `web`. */
export class HeartbeatPeer {
  nowMs = 0;
  readonly running = new Set<string>();
  readonly outputs: R1Output[] = [];
  readonly machine: R1Machine;
  pings: readonly NodeView[] = [];
  /** When the peer was last heard. Undefined: nobody looks at that. */
  peerHeardAtMs: number | undefined;
  private peer: NodeState = "active";
  /** Reports that were said once more. */
  readonly saidAgain = new Set<R1Output>();
  private readonly again = new SaidAgain();
  private sequence = 0;
  private generation = 1;

  constructor(options: Partial<R1Init> = {}) {
    this.machine = createR1({
      self: "bravo",
      nodes: ["alpha", "bravo"],
      groups: [group("web", "alpha"), group("db", "bravo")],
      failback: "on",
      keepaliveMs: 1000,
      ipfail: false,
      fencing: false,
      holding: [],
      stable: false,
      ...options,
    });
    for (const key of options.holding ?? []) this.running.add(key);
  }

  input(input: R1Input): void {
    const nodes = [
      view("bravo", "normal", "active", 1),
      { ...view("alpha", "normal", this.peer, this.generation), heardAtMs: this.peerHeardAtMs },
      ...this.pings,
    ];
    const outputs = this.machine.step(input, nodes, this.nowMs);
    this.outputs.push(...outputs);
    for (const output of outputs) {
      if (output.kind === "message.send" && this.again.isOne(describe(output.message), this.nowMs))
        this.saidAgain.add(output);
    }
    for (const output of outputs) this.operate(output);
  }

  /** Groups start and stop at once here. */
  private operate(output: R1Output): void {
    if (output.kind !== "group.start" && output.kind !== "group.stop") return;
    const start = output.kind === "group.start";
    if (start) this.running.add(output.key);
    else this.running.delete(output.key);
    this.input({ kind: "group.reported", key: output.key, state: start ? "started" : "stopped" });
  }

  /** The peer says something; the number of the message counts up unless it is given. */
  says(fields: Readonly<Record<string, string>>, sequence: number = this.sequence + 1): void {
    this.sequence = Math.max(this.sequence, sequence);
    const numbers = { seq: sequence.toString(16), hg: this.generation.toString(16) };
    const message: Message = textMessage({ ...fields, src: "alpha", ...numbers });
    this.input({ kind: "message.delivered", from: "alpha", message });
  }

  reports(held: string, stable: "0" | "1", info?: string, sequence?: number): void {
    const fields = { t: "resource", rsc_hold: held, rtype: "full", isstable: stable };
    this.says(info === undefined ? fields : { ...fields, info }, sequence ?? this.sequence + 1);
  }

  becomes(to: NodeState, reason: string): void {
    const from = this.peer;
    this.peer = to;
    this.input({ kind: "node.changed", node: "alpha", from, to, reason });
  }

  /** A new life of the peer: heard, and active. */
  restarts(): void {
    this.generation += 1;
    this.sequence = 7;
    this.becomes("up", "started");
    this.becomes("active", "started");
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (let round = 0; round < 1000; round += 1) {
      const next = Math.max(this.nowMs, this.machine.deadline());
      if (next > untilMs) break;
      this.nowMs = next;
      this.input({ kind: "tick" });
    }
    this.nowMs = untilMs;
  }

  /** What the machine said since the last time it was asked. */
  heard(): readonly string[] {
    const outputs = this.outputs.splice(0);
    return outputs.flatMap((output) =>
      output.kind === "message.send" && !this.saidAgain.has(output) ? [describe(output.message)] : [],
    );
  }

  sentTo(type: string): string | undefined {
    const found = this.outputs.find(
      (output) => output.kind === "message.send" && textField(output.message, "t") === type,
    );
    return found?.kind === "message.send" ? found.to : undefined;
  }
}
