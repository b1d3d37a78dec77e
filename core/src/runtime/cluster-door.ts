// Lets companions look at a running cluster, hear of it and speak to it. It exists before the cluster does, because
// what is composed around the engine is made first; it opens when the engine is there.
import type { Engine } from "../engine/index.js";
import {
  SystoleError,
  type ClusterAccess,
  type ClusterHappening,
  type ClusterSituation,
  type Logger,
  type Message,
  type OperatorRequest,
} from "../ports/index.js";
import type { Answer, Driver } from "./driver.js";

type Listener = (happening: ClusterHappening) => void;

export class ClusterDoor implements ClusterAccess {
  private inside: { readonly engine: Engine; readonly driver: Driver } | undefined;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly log: Logger) {}

  /** Before this, nothing can be seen; companions start later. */
  open(engine: Engine, driver: Driver): void {
    this.inside = { engine, driver };
  }

  /** What a listener does wrong is its own affair: the cluster goes on. */
  tell(happening: ClusterHappening): void {
    for (const listener of this.listeners) {
      try {
        listener(happening);
      } catch (error) {
        this.log.error("companion.failed", { happening: happening.kind, reason: String(error) });
      }
    }
  }

  view(): ClusterSituation {
    return this.opened().engine.view();
  }

  watch(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  send(message: Message, to?: string): void {
    this.opened().driver.input({ kind: "client.said", message, ...(to !== undefined && { to }) });
  }

  request(request: OperatorRequest): Promise<Answer> {
    return this.opened().driver.request(request);
  }

  private opened(): { readonly engine: Engine; readonly driver: Driver } {
    if (this.inside === undefined)
      throw new SystoleError("PLUGIN_START_FAILED", "the cluster was used before its parts were started");
    return this.inside;
  }
}
