// Several machines of one membership protocol on a network of plain data and a clock that the contract moves: what the
// protocol says on the wire is its own affair, what comes out of it is judged.
import {
  textField,
  textMessage,
  type Membership,
  type MembershipInit,
  type MembershipMachine,
  type MembershipOutput,
  type MembershipTimings,
  type Message,
  type NodeView,
} from "@systole/core/ports";
import { expectThat } from "./expectations.js";
import { deepFrozen } from "./plain-data.js";

export const TIMINGS: MembershipTimings = {
  keepaliveMs: 100,
  warnMs: 300,
  deadMs: 1000,
  initialDeadMs: 2000,
  pingDeadMs: 1000,
  maxRetransmitDelayMs: 250,
};
/** Long enough for any protocol with these timings to come to rest. */
export const SETTLE_MS = 8000;
const EPOCH_MS = 1_700_000_000_000;
const DELAY_MS = 1;
/** Steps at one moment after which a machine is thought to run in a circle. */
const MAX_STEPS_AT_ONCE = 500;

export type Fate = "deliver" | "drop" | "repeat";

interface Node {
  readonly machine: MembershipMachine;
  readonly outputs: { readonly atMs: number; readonly output: MembershipOutput }[];
}

interface Flight {
  readonly atMs: number;
  readonly to: string;
  readonly link: string;
  readonly message: Message;
}

/** A message of the contract's own, told apart by its text. */
export function note(text: string): Message {
  return textMessage({ t: "contract-note", text });
}

export class MembershipCluster {
  nowMs = 10_000;
  /** Asked for each message, receiver and link. */
  fate: (from: string, to: string, link: string) => Fate = () => "deliver";
  readonly nodes = new Map<string, Node>();
  readonly #membership: Membership;
  readonly #configured: readonly string[];
  #flights: Flight[] = [];
  #stepsAtOnce = 0;

  constructor(membership: Membership, configured: readonly string[] = ["master", "cluster1"]) {
    this.#membership = membership;
    this.#configured = configured;
    for (const name of configured) this.start(name);
  }

  /** Starts a node anew, in its next life. */
  start(name: string, changes: Partial<MembershipInit> = {}): void {
    const nodes = this.#configured.includes(name) ? this.#configured : [...this.#configured, name];
    const machine = this.#membership.create({
      self: name,
      nodes,
      pingNodes: [],
      media: ["eth0", "eth1"],
      timings: TIMINGS,
      hopFudge: 1,
      generation: 1,
      uuid: new Uint8Array(16).fill(nodes.indexOf(name) + 1),
      seed: nodes.indexOf(name) + 1,
      published: {},
      ...changes,
    });
    this.nodes.set(name, { machine, outputs: [] });
    this.step(name, { kind: "tick" });
  }

  /** The node is gone without a word. */
  kill(name: string): void {
    this.nodes.delete(name);
  }

  step(name: string, input: Parameters<MembershipMachine["step"]>[0]): void {
    const node = this.#node(name);
    this.#stepsAtOnce += 1;
    expectThat(
      this.#stepsAtOnce < MAX_STEPS_AT_ONCE,
      `${name} runs in a circle: its deadline does not move on, or messages cause messages without end`,
    );
    for (const output of node.machine.step(deepFrozen(input), this.nowMs, EPOCH_MS + this.nowMs)) {
      node.outputs.push({ atMs: this.nowMs, output });
      if (output.kind === "message.send") this.#carry(name, output.message, output.links ?? ["eth0", "eth1"]);
    }
  }

  /** Moves time on: machines are stepped when a message arrives and at their deadlines, and at no other time. */
  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (let atMs = this.#nextMs(); atMs <= untilMs; atMs = this.#nextMs()) {
      if (atMs > this.nowMs) this.#stepsAtOnce = 0;
      this.nowMs = Math.max(this.nowMs, atMs);
      const due = this.#flights.filter((flight) => flight.atMs <= this.nowMs);
      this.#flights = this.#flights.filter((flight) => flight.atMs > this.nowMs);
      for (const { to, link, message } of due)
        if (this.nodes.has(to)) this.step(to, { kind: "message.received", link, message });
      for (const [name, { machine }] of this.nodes)
        if (machine.deadline() <= this.nowMs) this.step(name, { kind: "tick" });
    }
    this.nowMs = untilMs;
    this.#stepsAtOnce = 0;
  }

  view(of: string): readonly NodeView[] {
    return this.#node(of).machine.view();
  }

  /** What `of` thinks of `about`. */
  state(of: string, about: string): string | undefined {
    return this.view(of).find(({ name }) => name === about)?.state;
  }

  outputs<Kind extends MembershipOutput["kind"]>(of: string, kind: Kind, sinceMs = 0) {
    return this.#node(of).outputs.flatMap(({ atMs, output }) =>
      output.kind === kind && atMs >= sinceMs
        ? [{ atMs, output: output as Extract<MembershipOutput, { readonly kind: Kind }> }]
        : [],
    );
  }

  /** Texts of the notes that `of` was handed, in order. */
  heard(of: string): readonly string[] {
    return this.outputs(of, "message.delivered").flatMap(({ output: { message } }) => {
      const text = textField(message, "text");
      return textField(message, "t") === "contract-note" && text !== undefined ? [text] : [];
    });
  }

  #node(name: string): Node {
    const node = this.nodes.get(name);
    expectThat(node !== undefined, `${name} is not running`);
    return node;
  }

  #nextMs(): number {
    const deadlines = [...this.nodes.values()].map(({ machine }) => machine.deadline());
    return Math.min(...deadlines, ...this.#flights.map(({ atMs }) => atMs));
  }

  #carry(from: string, message: Message, links: readonly string[]): void {
    for (const link of links)
      for (const to of this.nodes.keys()) {
        const fate = to === from ? "drop" : this.fate(from, to, link);
        const times = fate === "drop" ? 0 : fate === "repeat" ? 3 : 1;
        for (let time = 0; time < times; time += 1)
          this.#flights.push({ atMs: this.nowMs + DELAY_MS + time, to, link, message });
      }
  }
}
