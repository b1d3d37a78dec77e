// More than half of the nodes that are configured may serve. Nobody breaks a tie: of two nodes neither may be alone.
import type { Quorum, QuorumAnswer, QuorumQuestion } from "@systole/sdk";

export class Majority implements Quorum {
  async ask({ nodes, alive }: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    if (signal.aborted) return { kind: "unreachable", reason: "the question was given up" };
    // A node that has joined without being configured has no vote: the other side cannot know of it.
    const votes = new Set(alive.filter((name) => nodes.includes(name))).size;
    return votes * 2 > nodes.length ? { kind: "granted" } : { kind: "denied" };
  }
}
