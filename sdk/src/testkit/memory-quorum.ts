// A quorum in memory: a witness that several nodes ask, and that a test makes unreachable.
import type { Quorum, QuorumAnswer, QuorumQuestion } from "@systole/core/ports";
import { aborted } from "./memory-fence-device.js";

/** Grants to the first node that asks, until `release`. Each node asks through a `MemoryQuorum` of its own. */
export class MemoryWitness {
  mode: "working" | "broken" | "stalled" = "working";
  /** Who was granted. */
  holder: string | undefined;
  readonly questions: QuorumQuestion[] = [];

  release(): void {
    this.holder = undefined;
  }

  decide(question: QuorumQuestion): QuorumAnswer {
    this.questions.push(question);
    this.holder ??= question.self;
    return this.holder === question.self ? { kind: "granted" } : { kind: "denied", holder: this.holder };
  }
}

export class MemoryQuorum implements Quorum {
  constructor(protected readonly witness: MemoryWitness) {}

  async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    if (this.witness.mode === "stalled") await aborted(signal);
    if (signal.aborted) return { kind: "unreachable", reason: "nobody answered in time" };
    if (this.witness.mode === "broken") return { kind: "unreachable", reason: "the witness refuses" };
    return this.witness.decide(question);
  }
}
