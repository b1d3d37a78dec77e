// Everything of one node that has to do with fencing others, put together.
import {
  type Clock,
  type EngineEvent,
  type FenceResult,
  type Logger,
  type Processes,
  type Store,
} from "../../ports/index.js";
import { StateWriter } from "../saved-state.js";
import type { ConfirmationDesk } from "./confirmation-desk.js";
import { fenceDesk, type FenceDesk } from "./fence-desk.js";
import { FenceHistory } from "./fence-history.js";
import type { NamedFenceDevice } from "./fence-level.js";
import { Fencing } from "./fencing.js";
import type { FencingConfig } from "./fencing-config.js";
import { OwnEnd } from "./own-end.js";

export interface NodeFencingInit {
  readonly self: string;
  readonly host: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly store: Store;
    readonly processes: Processes;
  };
  readonly config: FencingConfig;
  readonly devices: readonly NamedFenceDevice[];
  readonly confirmations: ConfirmationDesk;
  /** The history of an earlier life. */
  readonly restored: unknown;
  /** Other nodes than this one, now. */
  readonly nodes: () => readonly string[];
  readonly event: (event: EngineEvent) => void;
  readonly report: (id: number, result: FenceResult, how: string) => void;
}

export class NodeFencing {
  readonly desk: FenceDesk;
  private readonly fencing: Fencing;
  private readonly history: FenceHistory;
  private readonly ownEnd: OwnEnd;
  private readonly writer: StateWriter;

  constructor(private readonly init: NodeFencingInit) {
    const { self, config, devices, event, report, nodes, confirmations } = init;
    const { clock, logger, store, processes } = init.host;
    this.writer = new StateWriter(store, "fencing", logger);
    this.history = new FenceHistory(init.restored, self, (state) => this.writer.save(state));
    const { history } = this;
    this.fencing = new Fencing({ self, clock, processes, config, devices, history, event, report });
    const { action, timeoutMs } = config;
    this.ownEnd = new OwnEnd({ self, clock, devices, action, timeoutMs, event });
    this.desk = fenceDesk({ clock, nodes, config, devices, history, confirmations });
  }

  request(id: number, node: string, why: string): void {
    this.fencing.request(id, node, why);
  }

  /** What the engine tells, for the history and for the end of this node itself. */
  hear(event: EngineEvent): void {
    this.ownEnd.hear(event);
    this.history.hear(event, this.init.host.clock.wallMs());
  }

  /** Resolves when the history is on disk. */
  async close(): Promise<void> {
    this.fencing.close();
    this.ownEnd.close();
    await this.writer.settled();
  }
}
