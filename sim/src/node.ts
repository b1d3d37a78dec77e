// One machine of the simulation: the real engine and frames of its node, its clocks and its disk, and what runs on it.
import type { Carrier, Framing, Opened } from "@systole/core";
import type { ResourceAction } from "@systole/core/ports";
import { Disk } from "./disk.js";
import type { Frame } from "./frame.js";
import { SIM_LIMITS } from "./limits.js";
import { NodeClock } from "./node-clock.js";
import type { NodeEngine, NodeLife, NodePlan } from "./plan.js";

/** An operation of an agent that has not ended. */
export interface Operation {
  readonly id: number;
  readonly resource: string;
  readonly action: ResourceAction;
  readonly sinceMs: number;
  ended: boolean;
}

export class SimNode {
  readonly name: string;
  readonly clock = new NodeClock();
  readonly disk = new Disk();
  /** Resources that run on the machine, whoever started them. */
  readonly running = new Set<string>();
  /** Addresses that the guard has taken away. */
  readonly taken = new Set<string>();
  /** Addresses of which the daemon knows that it was silent for too long to have them. */
  readonly forfeited = new Set<string>();
  readonly operations = new Map<number, Operation>();
  readonly refused = new Map<string, number>();
  engine: NodeEngine;
  framing: Framing;
  /** The daemon lives. */
  alive = false;
  /** The machine has power. */
  powered = false;
  /** The daemon stands still. */
  frozen = false;
  /** So does the whole machine. */
  paused = false;
  generation = 0;
  /** It is given time only so often, or sooner. 0: always. */
  slowMs = 0;
  /** When it is given time next. */
  busyUntilMs = 0;
  /** Moment of the world at which the engine is next to be woken. */
  dueMs = Number.POSITIVE_INFINITY;
  /** Last sign of life. */
  saidAtMs = 0;
  /** What the machine can see of itself, since it exists; `looks`: it has looked. */
  readonly host = {
    looks: false,
    suspendedMs: 0,
    stolenMs: 0,
    cpuPressure: undefined as number | undefined,
  };
  private inbox: (() => void)[] = [];
  private life: NodeLife | undefined;

  constructor(readonly plan: NodePlan) {
    this.name = plan.name;
    this.framing = plan.framing();
    this.engine = this.newEngine(0, 0);
  }

  /** A new life of the daemon, on a machine that has power from now on. */
  begin(seed: number, nowMs: number): void {
    this.generation = this.disk.nextGeneration(this.clock.wallMs(nowMs));
    this.engine = this.newEngine(this.generation, seed);
    this.framing = this.plan.framing();
    this.alive = true;
    this.powered = true;
    this.frozen = false;
    this.paused = false;
    this.operations.clear();
    this.forfeited.clear();
    this.taken.clear();
    this.inbox = [];
    this.busyUntilMs = nowMs;
    this.saidAtMs = nowMs;
    this.dueMs = Number.POSITIVE_INFINITY;
  }

  /** The machine can answer its users. */
  get awake(): boolean {
    return this.powered && !this.paused;
  }

  get isSlow(): boolean {
    return this.slowMs > 0;
  }

  /** For a daemon that stands still. What is too much is lost, as in a socket's buffer. */
  keep(run: () => void): void {
    if (this.inbox.length < SIM_LIMITS.inbox) this.inbox.push(run);
  }

  takeInbox(): readonly (() => void)[] {
    const { inbox } = this;
    this.inbox = [];
    return inbox;
  }

  get waiting(): number {
    return this.inbox.length;
  }

  open(frame: Frame, carrier: Carrier): readonly Opened[] {
    const { opensAs } = this.plan;
    if (opensAs === undefined) return this.framing.open(frame.bytes, carrier);
    const label = `${opensAs} ${carrier.medium}`;
    const known = frame.opened.get(label);
    if (known !== undefined) return known;
    const opened = this.framing.open(frame.bytes, carrier);
    frame.opened.set(label, opened);
    return opened;
  }

  /** The engine is made anew, and goes on from what it has written. */
  resume(): void {
    const { life } = this;
    const written: unknown = JSON.parse(JSON.stringify(this.engine.snapshot?.() ?? null));
    const anew = life === undefined ? undefined : this.plan.engine(life);
    if (anew?.resume === undefined) throw new Error(`${this.name} cannot go on from what it has written`);
    anew.resume(written);
    this.engine = anew;
  }

  private newEngine(generation: number, seed: number): NodeEngine {
    const { disk } = this;
    this.life = { generation, seed, policy: disk.read("policy"), nodes: disk.read("nodes") };
    return this.plan.engine(this.life);
  }
}
