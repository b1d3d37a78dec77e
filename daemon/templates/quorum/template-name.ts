// Asks a witness over HTTP whether this side may serve. Every error is `unreachable`: never a grant, never a denial.
import type { Quorum, QuorumAnswer, QuorumQuestion } from "@systole/sdk";

export class TemplateNameQuorum implements Quorum {
  constructor(private readonly url: string) {}

  /** `PUT URL/SELF` answers 200 with the name of the node that it has granted. */
  async ask({ self }: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    try {
      const answer = await fetch(`${this.url}/${encodeURIComponent(self)}`, { method: "PUT", signal });
      const holder = (await answer.text()).trim();
      if (!answer.ok || holder === "") return unreachable(`the witness answers ${answer.status}`);
      return holder === self ? { kind: "granted" } : { kind: "denied", holder };
    } catch (error) {
      return unreachable(error instanceof Error ? error.message : String(error));
    }
  }
}

function unreachable(reason: string): QuorumAnswer {
  return { kind: "unreachable", reason };
}
