// Nodes on a virtual clock, each with its own quorum, in a network that is cut and heals: whoever believes that it may serve is known
// at every moment. What was sent over a cut arrives when it has healed, as membership repeats it.
import {
  textField,
  type ClusterHappening,
  type Message,
  type NodeView,
  type Quorum,
  type Startable,
} from "@systole/sdk";
import { MemoryClusterAccess, MemoryStore, RecordingLogger, VirtualClock } from "@systole/sdk/testkit";

export type TestQuorum = Quorum & Partial<Startable>;

export interface Place {
  readonly cluster: MemoryClusterAccess;
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly log: RecordingLogger;
}

export interface WorldInit {
  readonly names: readonly string[];
  readonly make: (place: Place) => TestQuorum;
  /** From 0 to 1, each call another one. */
  readonly random: () => number;
  /** So long a node may count one that it does not reach any more. */
  readonly noticeMs?: number;
  /** Which words are late in part, by up to two seconds. */
  readonly late?: { readonly part: number; readonly ops: readonly string[] };
}

/** How long a grant is believed, and how often a node asks that misses another one. */
export const BELIEVED_MS = 1000;
const ASK_EVERY_MS = 250;
const LONGEST_DELAY_MS = 30;
const LATEST_MS = 2000;
const NOTICE_MS = 300;
const LIVE = new AbortController().signal;

interface Node {
  readonly name: string;
  readonly disk: Map<string, Uint8Array>;
  readonly log: RecordingLogger;
  /** Grows with each start: what an earlier life has begun is nothing. */
  life: number;
  quorum: TestQuorum | undefined;
  cluster: MemoryClusterAccess;
  alive: readonly string[];
  asking: boolean;
  grant: { readonly side: readonly string[]; readonly untilMs: number } | undefined;
  said: string;
}

export class World {
  readonly clock = new VirtualClock();
  readonly nodes: readonly Node[];
  readonly #init: WorldInit;
  #joined: (one: string, other: string) => boolean = () => true;
  #held: { readonly from: string; readonly to: string; readonly message: Message }[] = [];

  constructor(init: WorldInit) {
    this.#init = init;
    this.nodes = init.names.map((name) => ({
      name,
      disk: new Map(),
      log: new RecordingLogger(),
      life: 0,
      quorum: undefined,
      cluster: new MemoryClusterAccess(),
      alive: [],
      asking: false,
      grant: undefined,
      said: "",
    }));
  }

  node(name: string): Node {
    const found = this.nodes.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  async start(name: string, diskLost = false): Promise<void> {
    const node = this.node(name);
    if (node.quorum !== undefined) return;
    if (diskLost) node.disk.clear();
    node.life += 1;
    node.cluster = new MemoryClusterAccess();
    node.cluster.send = (message, to) => this.#send(node, message, to);
    const { clock } = this;
    const place = { cluster: node.cluster, clock, store: new MemoryStore(node.disk), log: node.log };
    node.quorum = this.#init.make(place);
    this.#notice();
    await node.quorum.start?.(LIVE);
    this.#pollLater(node, node.life);
  }

  /** As when its power fails. */
  crash(name: string): void {
    const node = this.node(name);
    void node.quorum?.stop?.(LIVE);
    node.quorum = undefined;
    node.life += 1;
    node.asking = false;
    node.grant = undefined;
    this.#notice();
  }

  /** Nodes of different groups do not reach each other; whoever is not named is alone. */
  cut(...groups: readonly (readonly string[])[]): void {
    const groupOf = (name: string): number => groups.findIndex((names) => names.includes(name));
    this.join((one, other) => groupOf(one) !== -1 && groupOf(one) === groupOf(other));
  }

  /** Only those reach each other for whom it says so, in either order. */
  join(joined: (one: string, other: string) => boolean): void {
    this.#joined = (one, other) => joined(one, other) && joined(other, one);
    for (const { from, to, message } of this.#held.splice(0)) this.#deliver(from, to, message);
    this.#notice();
  }

  /** Moves time on; `check` is called after everything that happens. */
  async pass(ms: number, check: () => void = () => undefined): Promise<void> {
    const untilMs = this.clock.nowMs() + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      check();
      const nextMs = this.clock.nextAlarmMs;
      if (nextMs === undefined || nextMs > untilMs) break;
      this.clock.advance(Math.max(0, nextMs - this.clock.nowMs()));
    }
    this.clock.advance(untilMs - this.clock.nowMs());
  }

  /** What each node that believes in a grant was granted it for. */
  granted(): readonly { readonly name: string; readonly side: readonly string[] }[] {
    const nowMs = this.clock.nowMs();
    return this.nodes.flatMap(({ name, grant }) =>
      grant !== undefined && nowMs < grant.untilMs ? [{ name, side: grant.side }] : [],
    );
  }

  /** Throws when two believe it whose sides have no node in common. */
  check(): void {
    const all = this.granted();
    for (const one of all)
      for (const other of all)
        if (!one.side.some((name) => other.side.includes(name)))
          throw new Error(`${one.name} for ${one.side.join()} and ${other.name} for ${other.side.join()}`);
  }

  #reach(one: string, other: string): boolean {
    const lives = this.node(one).quorum !== undefined && this.node(other).quorum !== undefined;
    return lives && this.#joined(one, other);
  }

  #send(from: Node, message: Message, to: string | undefined): void {
    for (const { name } of this.nodes)
      if (name !== from.name && (to === undefined || to === name)) this.#deliver(from.name, name, message);
  }

  #deliver(from: string, to: string, message: Message): void {
    if (this.node(from).quorum === undefined || this.node(to).quorum === undefined) return;
    if (!this.#reach(from, to)) return void this.#held.push({ from, to, message });
    const { life } = this.node(to);
    const { part, ops } = this.#init.late ?? { part: 0, ops: [] };
    const text = textField(message, "votes") ?? "";
    const isLate = this.#init.random() < part && ops.some((op) => text.includes(`"op":"${op}"`));
    this.#later(isLate ? LATEST_MS : LONGEST_DELAY_MS, () => {
      const node = this.node(to);
      if (node.life !== life) return;
      // It was cut meanwhile: it comes later.
      if (!this.#reach(from, to)) return void this.#held.push({ from, to, message });
      node.cluster.happen({ kind: "message.heard", from, message } satisfies ClusterHappening);
    });
  }

  /** Each node notices for itself, and not at once, who is there. */
  #notice(): void {
    for (const node of this.nodes) {
      const { life } = node;
      this.#later(this.#init.noticeMs ?? NOTICE_MS, () => {
        if (node.life === life && node.quorum !== undefined) this.#look(node);
      });
    }
  }

  #look(node: Node): void {
    const { names } = this.#init;
    const alive = names.filter((name) => name === node.name || this.#reach(node.name, name));
    // Who was granted something with one that has gone asks anew.
    if (alive.join() !== node.alive.join()) node.grant = undefined;
    node.alive = alive;
    const nodes = [node.name, ...names.filter((name) => name !== node.name)].map((name) =>
      viewOf(name, alive.includes(name)),
    );
    node.cluster.situation = { ...node.cluster.situation, node: node.name, nodes };
  }

  #pollLater(node: Node, life: number): void {
    this.#look(node);
    const poll = (): void => {
      if (node.life !== life) return;
      void this.#poll(node, life);
      this.#later(ASK_EVERY_MS, poll, ASK_EVERY_MS / 2);
    };
    this.#later(ASK_EVERY_MS, poll);
  }

  async #poll(node: Node, life: number): Promise<void> {
    const { alive: side, name: self, quorum } = node;
    const nodes = this.#init.names;
    if (node.asking || quorum === undefined || side.length === nodes.length) return;
    node.asking = true;
    const askedAtMs = this.clock.nowMs();
    const answer = await quorum.ask({ self, nodes, alive: side, believedForMs: BELIEVED_MS }, LIVE);
    if (node.life !== life) return;
    node.asking = false;
    node.said = answer.kind;
    // An answer for another side is not listened to.
    if (node.alive !== side && node.alive.join() !== side.join()) return;
    if (answer.kind === "denied") node.grant = undefined;
    if (answer.kind !== "granted") return;
    node.grant = { side, untilMs: askedAtMs + Math.min(answer.forMs ?? BELIEVED_MS, BELIEVED_MS) };
  }

  #later(longestMs: number, run: () => void, leastMs = 1): void {
    const ms = leastMs + this.#init.random() * (longestMs - leastMs);
    this.clock.wakeAt(this.clock.nowMs() + ms, run);
  }
}

function viewOf(name: string, lives: boolean): NodeView {
  return {
    name,
    kind: "normal",
    state: lives ? "active" : "dead",
    reason: lives ? "started" : "silent",
    generation: 1,
    dialect: "systole",
    links: [],
    heardAtMs: undefined,
  };
}
