// Quorums that are wrong on purpose.
import type { Quorum, QuorumAnswer, QuorumQuestion } from "@systole/core/ports";
import type { SubjectSource } from "../contract.js";
import { MemoryQuorum, MemoryWitness } from "../memory-quorum.js";
import type { QuorumSubject } from "../quorum-contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

class GrantsOnError extends MemoryQuorum {
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const answer = await super.ask(question, signal);
    return answer.kind === "unreachable" ? { kind: "granted" } : answer;
  }
}
/** Believes its last grant for ever. */
class RemembersItsGrant extends MemoryQuorum {
  #granted: QuorumAnswer | undefined;
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const answer = await super.ask(question, signal);
    if (answer.kind === "granted") this.#granted = answer;
    return answer.kind === "unreachable" ? (this.#granted ?? answer) : answer;
  }
}
class DeniesOnError extends MemoryQuorum {
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const answer = await super.ask(question, signal);
    return answer.kind === "unreachable" ? { kind: "denied" } : answer;
  }
}
class ThrowsOnError extends MemoryQuorum {
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    signal.throwIfAborted();
    if (this.witness.mode === "broken") throw new Error("connection refused");
    return super.ask(question, signal);
  }
}
class GrantsEverybody extends MemoryQuorum {
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const answer = await super.ask(question, signal);
    return answer.kind === "denied" ? { kind: "granted" } : answer;
  }
}
/** Looks who holds it, and takes it a moment later. */
class LooksThenTakes extends MemoryQuorum {
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const { holder } = this.witness;
    await Promise.resolve();
    if (holder !== undefined && holder !== question.self) return { kind: "denied", holder };
    this.witness.release();
    return super.ask(question, signal);
  }
}
class NamesItselfHolder extends MemoryQuorum {
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const answer = await super.ask(question, signal);
    return answer.kind === "denied" ? { kind: "denied", holder: question.self } : answer;
  }
}
class GrantsOnce extends MemoryQuorum {
  #asked = false;
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    if (this.#asked) return { kind: "denied" };
    this.#asked = true;
    return super.ask(question, signal);
  }
}
class NeverGrants extends MemoryQuorum {
  override ask = async (): Promise<QuorumAnswer> => ({ kind: "denied" });
}
class HangsPastAbort extends MemoryQuorum {
  override async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    return this.witness.mode === "stalled" ? new Promise(() => undefined) : super.ask(question, signal);
  }
}
class EditsTheQuestion extends MemoryQuorum {
  override ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    (question.alive as string[]).push("witness");
    return super.ask(question, signal);
  }
}

function source(Made: new (witness: MemoryWitness) => Quorum): SubjectSource<QuorumSubject> {
  const nodes = ["master", "cluster1"];
  return {
    open: () => {
      const witness = new MemoryWitness();
      return {
        quorum: new Made(witness),
        question: { self: "master", nodes, alive: ["master"] },
        rival: { quorum: new Made(witness), question: { self: "cluster1", nodes, alive: ["cluster1"] } },
        break: async () => void (witness.mode = "broken"),
        stall: async () => void (witness.mode = "stalled"),
      };
    },
  };
}

function wrong(
  name: string,
  Made: new (witness: MemoryWitness) => Quorum,
  ...caughtBy: string[]
): WrongSubject<QuorumSubject> {
  return { name, source: source(Made), caughtBy };
}

export const quorums: ContractTrial<QuorumSubject> = {
  right: source(MemoryQuorum),
  wrong: [
    wrong("turns an error into a grant", GrantsOnError, "broken", "stalled", "aborted"),
    wrong("remembers its grant when it can ask nobody", RemembersItsGrant, "broken"),
    wrong("turns an error into a denial", DeniesOnError, "broken", "stalled", "aborted"),
    wrong("throws", ThrowsOnError, "broken", "aborted"),
    wrong("grants to everybody", GrantsEverybody, "denies-the-second", "one-of-two-at-once"),
    wrong("looks first and takes later", LooksThenTakes, "one-of-two-at-once"),
    wrong("names the wrong holder", NamesItselfHolder, "denies-the-second"),
    wrong("grants once", GrantsOnce, "grants-again"),
    wrong("never grants", NeverGrants, "grants", "grants-again"),
    wrong("hangs past the abort", HangsPastAbort, "stalled"),
    wrong("edits the question", EditsTheQuestion, "leaves-the-question"),
  ],
};
