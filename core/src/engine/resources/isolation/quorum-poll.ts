// Asks the quorum again and again while a node is not heard, and knows how long each answer may be believed.
import type { NamedQuorumAnswer, PolicyOutput } from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";
import { combineAnswers } from "./combine.js";
import type { Verdict } from "./table.js";

export interface QuorumPollInit {
  readonly self: string;
  readonly nodes: readonly string[];
  readonly deadMs: number;
  /** How long a node that holds something may wait for its answer before it must let go: the other takes over soon after. */
  readonly answerWithinMs: number;
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
}

export class QuorumPoll {
  private readonly pauseMs: number;
  private question:
    | { readonly id: number; readonly askedAtMs: number; readonly ours: readonly string[] }
    | undefined;
  /** The nodes that were asked for, besides this one. */
  private side = "";
  private wantedSinceMs: number | undefined;
  private nextAtMs = 0;
  private patientForMs = 0;
  private grantedUntilMs = Number.NEGATIVE_INFINITY;
  /** What was granted has an end of its own. */
  private ends = false;
  private giveBackAtMs = Number.POSITIVE_INFINITY;
  private denied = false;
  private answered = false;
  private answers: readonly NamedQuorumAnswer[] = [];

  constructor(private readonly init: QuorumPollInit) {
    const { shortestQuorumPauseMs, longestQuorumPauseMs } = LIMITS;
    this.pauseMs = Math.min(longestQuorumPauseMs, Math.max(shortestQuorumPauseMs, init.deadMs / 4));
  }

  /**
   * Asks when it is time. `wanted`: somebody besides the `certain` may be missing; otherwise nobody needs to be asked. `idle`:
   * this node holds nothing, and may wait for its answer as long as that takes.
   */
  tick(wanted: boolean, certain: readonly string[], idle: boolean, nowMs: number): void {
    this.patientForMs = idle ? this.init.deadMs : this.init.answerWithinMs;
    // Who granted to two nodes has not granted to one of them.
    const side = certain.join(" ");
    if (!wanted || side !== this.side) {
      const ended = this.ends && nowMs < this.grantedUntilMs;
      this.forget();
      // Not at once: whoever was denied may not have heard this node yet.
      if (!wanted && ended) this.giveBackAtMs = nowMs + this.init.deadMs;
    }
    if (wanted) this.giveBackAtMs = Number.POSITIVE_INFINITY;
    else if (nowMs >= this.giveBackAtMs) this.giveBack(certain);
    this.side = side;
    if (!wanted) return;
    this.wantedSinceMs ??= nowMs;
    const overdue = this.question !== undefined && nowMs >= this.question.askedAtMs + this.init.deadMs;
    if (nowMs < this.nextAtMs || (this.question !== undefined && !overdue)) return;
    const { self, nodes, nextId, emit, deadMs: believedForMs } = this.init;
    const ours = [self, ...certain];
    this.question = { id: nextId(), askedAtMs: nowMs, ours };
    this.nextAtMs = nowMs + this.pauseMs;
    emit({ kind: "quorum.ask", id: this.question.id, question: { self, nodes, alive: ours, believedForMs } });
  }

  /** What was granted until a moment is not needed any more when every node has been heard for a dead time: one more question says so. */
  private giveBack(certain: readonly string[]): void {
    this.giveBackAtMs = Number.POSITIVE_INFINITY;
    const { self, nodes, nextId, emit } = this.init;
    const alive = [self, ...certain];
    if (nodes.every((node) => alive.includes(node)))
      emit({ kind: "quorum.ask", id: nextId(), question: { self, nodes, alive } });
  }

  /** Answers to an older question are not listened to. */
  report(id: number, answers: readonly NamedQuorumAnswer[]): void {
    const { question } = this;
    if (question?.id !== id) return;
    this.question = undefined;
    this.answers = answers;
    this.answered = true;
    const answer = combineAnswers(answers, question.ours);
    if (answer.kind === "unreachable") return;
    this.denied = answer.kind === "denied";
    if (answer.kind === "denied") {
      this.grantedUntilMs = Number.NEGATIVE_INFINITY;
      return;
    }
    const { forMs } = answer;
    // A grant that ends is asked for again at half of its time, and not before: nobody else gets it meanwhile.
    this.ends = forMs !== undefined;
    if (forMs !== undefined) this.nextAtMs = question.askedAtMs + forMs / 2;
    this.grantedUntilMs = question.askedAtMs + (forMs ?? this.init.deadMs);
  }

  /** What was said so far says nothing about what is now. */
  forget(): void {
    this.question = undefined;
    this.wantedSinceMs = undefined;
    this.nextAtMs = 0;
    this.grantedUntilMs = Number.NEGATIVE_INFINITY;
    this.ends = false;
    this.denied = false;
    this.answered = false;
    this.answers = [];
  }

  /**
   * A denial is believed until there is a grant or another node is heard: that the quorum has gone away since does not make
   * it undone. A grant is believed until its end; one without an end for a dead time more than it is renewed.
   */
  verdict(nowMs: number): Verdict {
    if (this.denied) return "denied";
    if (nowMs < this.grantedUntilMs) return "granted";
    const patient = this.wantedSinceMs === undefined || nowMs < this.wantedSinceMs + this.patientForMs;
    return patient && !this.answered ? "asked" : "unreachable";
  }

  /** What is granted has an end of its own: until then nobody else is granted it. */
  grantsToOne(): boolean {
    return this.ends;
  }

  deadline(nowMs: number): number {
    if (this.wantedSinceMs === undefined) return this.giveBackAtMs;
    const { deadMs } = this.init;
    const askMs = this.question === undefined ? this.nextAtMs : this.question.askedAtMs + deadMs;
    const ends = [this.grantedUntilMs, this.wantedSinceMs + this.patientForMs].filter((atMs) => atMs > nowMs);
    return Math.min(askMs, ...ends);
  }

  /** What each of them said last. */
  said(): readonly NamedQuorumAnswer[] {
    return this.answers;
  }
}
