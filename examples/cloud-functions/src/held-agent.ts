// What is held at a provider by one of our machines at a time: an address, a name. The agent is the same for all of them.
import type {
  OperationOptions,
  OperationResult,
  ResourceAgent,
  ResourceSpec,
  StopOptions,
} from "@systole/sdk";

/** One thing at a provider. What goes wrong is thrown. */
export interface Holding {
  /** The node that has it; undefined when none of ours has. */
  holder(signal: AbortSignal): Promise<string | undefined>;
  /** Takes it from whoever has it. Resolves when the provider has done it. */
  give(node: string, signal: AbortSignal): Promise<void>;
  /** Takes it from this node, and from no other. */
  release(node: string, signal: AbortSignal): Promise<void>;
}

export interface HeldAgentInit {
  readonly nodes: readonly string[];
  /** What the resource is, or why it is none. */
  readonly find: (resource: ResourceSpec) => Holding | string;
}

export class HeldAgent implements ResourceAgent {
  readonly supports = { announce: false };

  constructor(private readonly init: HeldAgentInit) {}

  start(resource: ResourceSpec, signal: AbortSignal, options?: OperationOptions): Promise<OperationResult> {
    return this.#do(resource, options, signal, async (holding, node) => {
      if ((await holding.holder(signal)) !== node) await holding.give(node, signal);
    });
  }

  stop(resource: ResourceSpec, signal: AbortSignal, options?: StopOptions): Promise<OperationResult> {
    return this.#do(resource, options, signal, async (holding, node) => {
      if ((await holding.holder(signal)) === node) await holding.release(node, signal);
    });
  }

  status(resource: ResourceSpec, signal: AbortSignal, options?: OperationOptions): Promise<OperationResult> {
    return this.#do(resource, options, signal, async () => undefined);
  }

  async validate(resource: ResourceSpec): Promise<readonly string[]> {
    const found = this.init.find(resource);
    return typeof found === "string" ? [found] : [];
  }

  /** Works, looks, and answers with what it sees. */
  async #do(
    resource: ResourceSpec,
    { node }: OperationOptions = {},
    signal: AbortSignal,
    work: (holding: Holding, node: string) => Promise<void>,
  ): Promise<OperationResult> {
    const holding = this.init.find(resource);
    if (typeof holding === "string") return { ok: false, kind: "error", reason: holding };
    if (node === undefined || !this.init.nodes.includes(node))
      return { ok: false, kind: "not-here", reason: `the function does not know the node ${node}` };
    try {
      signal.throwIfAborted();
      await work(holding, node);
      return { ok: true, state: (await holding.holder(signal)) === node ? "running" : "stopped" };
    } catch (cause) {
      return { ok: false, kind: signal.aborted ? "timeout" : "error", reason: wordsOf(cause) };
    }
  }
}

export function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
