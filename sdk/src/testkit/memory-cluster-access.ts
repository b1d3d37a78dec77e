// A cluster as a companion sees it, in memory: the test sets the situation, makes things happen, and reads what was asked.
import type {
  ClusterAccess,
  ClusterHappening,
  ClusterSituation,
  Message,
  OperatorRequest,
} from "@systole/core/ports";

const QUIET: ClusterSituation = {
  node: "master",
  nodes: [],
  groups: [],
  stable: true,
  why: "nothing is configured",
};

export class MemoryClusterAccess implements ClusterAccess {
  situation: ClusterSituation = QUIET;
  /** What `request` answers. */
  answer: { readonly ok: boolean; readonly reason: string } = { ok: true, reason: "done" };
  readonly sent: { readonly message: Message; readonly to: string | undefined }[] = [];
  readonly requested: OperatorRequest[] = [];
  readonly #listeners = new Set<(happening: ClusterHappening) => void>();

  /** How many watch: none should be left when everything is stopped. */
  get watchers(): number {
    return this.#listeners.size;
  }

  /** Tells every watcher. */
  happen(happening: ClusterHappening): void {
    for (const listener of this.#listeners) listener(happening);
  }

  view(): ClusterSituation {
    return this.situation;
  }

  watch(listener: (happening: ClusterHappening) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  send(message: Message, to?: string): void {
    this.sent.push({ message, to });
  }

  async request(request: OperatorRequest): Promise<{ readonly ok: boolean; readonly reason: string }> {
    this.requested.push(request);
    return this.answer;
  }
}
