// Drives the engine: feeds it what happens, does what it answers, wakes it when it asked to be woken. One input at a
// time, in order; nothing here decides.
import type { Engine, EngineEffect, EngineInput } from "../engine/index.js";
import type {
  AgentOrder,
  Clock,
  ClusterHappening,
  EngineEvent,
  Message,
  NodeRequest,
  OperatorRequest,
  QuorumQuestion,
} from "../ports/index.js";

/** Where effects go. */
export interface EffectHandlers {
  send(message: Message, links: readonly string[] | undefined): void;
  runAgent(id: number, order: AgentOrder): void;
  cancelAgent(id: number): void;
  fence(id: number, node: string, why: string): void;
  askQuorum(id: number, question: QuorumQuestion): void;
  persist(state: unknown): void;
  persistNodes(state: unknown): void;
  event(event: EngineEvent): void;
  happened(happening: ClusterHappening): void;
  left(clean: boolean): void;
  halt(violations: readonly string[]): void;
}

export interface Answer {
  readonly ok: boolean;
  readonly reason: string;
}

/** A timer this late means that the machine was busy: what the network has brought meanwhile is heard first. */
const LATE_MS = 20;

export class Driver {
  private cancelTimer: (() => void) | undefined;
  private readonly queue: EngineInput[] = [];
  private stepping = false;
  private stopped = false;
  private readonly answers = new Map<number, (answer: Answer) => void>();
  private lastRequest = 0;

  constructor(
    private readonly engine: Engine,
    private readonly clock: Clock,
    private readonly handlers: EffectHandlers,
  ) {}

  start(): void {
    this.input({ kind: "tick" });
  }

  /** No input is taken any more; requests that wait are answered. */
  stop(): void {
    this.stopped = true;
    this.cancelTimer?.();
    for (const resolve of this.answers.values()) resolve({ ok: false, reason: "this node has left" });
    this.answers.clear();
  }

  /** May be called from within an effect: the input then waits its turn. */
  input(input: EngineInput): void {
    if (this.stopped) return;
    this.queue.push(input);
    if (this.stepping) return;
    this.stepping = true;
    try {
      for (let next = this.queue.shift(); next !== undefined && !this.stopped; next = this.queue.shift()) {
        for (const effect of this.engine.step(next, this.clock.nowMs(), this.clock.wallMs()))
          this.perform(effect);
      }
    } finally {
      this.stepping = false;
    }
    this.arm();
  }

  /** Resolves when the request is done or refused; the engine bounds how long that takes. */
  request(request: OperatorRequest): Promise<Answer> {
    return this.ask((id) => ({ kind: "operator.requested", id, request }));
  }

  /** The same for a change of the list of nodes. */
  editNodes(request: NodeRequest): Promise<Answer> {
    return this.ask((id) => ({ kind: "nodes.edit", id, request }));
  }

  private ask(inputOf: (id: number) => EngineInput): Promise<Answer> {
    if (this.stopped) return Promise.resolve({ ok: false, reason: "this node has left" });
    const id = (this.lastRequest += 1);
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.input(inputOf(id));
    });
  }

  private arm(): void {
    this.cancelTimer?.();
    const atMs = this.engine.deadline();
    if (this.stopped || !Number.isFinite(atMs)) return;
    this.cancelTimer = this.clock.wakeAt(atMs, () => this.woken(atMs));
  }

  private woken(dueMs: number): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - dueMs < LATE_MS) return this.input({ kind: "tick" });
    this.cancelTimer = this.clock.wakeAt(nowMs + 1, () => this.input({ kind: "tick" }));
  }

  private perform(effect: EngineEffect): void {
    switch (effect.kind) {
      case "frame.send":
        return this.handlers.send(effect.message, effect.links);
      case "agent.run":
        return this.handlers.runAgent(effect.id, effect);
      case "agent.cancel":
        return this.handlers.cancelAgent(effect.id);
      case "fence.request":
        return this.handlers.fence(effect.id, effect.node, effect.why ?? "the policy asked for it");
      case "quorum.ask":
        return this.handlers.askQuorum(effect.id, effect.question);
      case "state.persist":
        return this.handlers.persist(effect.state);
      case "nodes.persist":
        return this.handlers.persistNodes(effect.state);
      case "event":
        return this.handlers.event(effect.event);
      case "happened":
        return this.handlers.happened(effect.happening);
      case "operator.answered":
        this.answers.get(effect.id)?.({ ok: effect.ok, reason: effect.reason });
        this.answers.delete(effect.id);
        return;
      case "left":
        this.handlers.left(effect.clean);
        return this.stop();
      case "halt":
        this.handlers.halt(effect.violations);
        return this.stop();
    }
  }
}
