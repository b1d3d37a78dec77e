// What a host brings to a node: the outside world, as ports.
import {
  Clock,
  Logger,
  Processes,
  SelfReset,
  Store,
  type EngineEvent,
  type RuntimeName,
  type SelfObserved,
} from "../ports/index.js";
import { hostService, type HostService } from "./composition.js";

/** What a host brings: time, a log, a place for state, programs, and randomness. */
export interface ClusterHost {
  readonly runtime: RuntimeName;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly processes: Processes;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly observer?: ClusterObserver;
  /** Absent: nothing is known of the machine. */
  readonly self?: SelfProbe;
  /** Absent: this host has no watchdog. */
  readonly selfReset?: SelfReset;
}

/** Looks at the machine that this node runs on. Must not throw, and takes no time. */
export interface SelfProbe {
  look(): Omit<SelfObserved, "carriers">;
}

/** Is told how this node's own life goes. Must not throw. */
export interface ClusterObserver {
  /** The engine has said a sign of life: it makes progress. Called at least each keepalive. */
  pulsed?(): void;
  /** This node takes part from now on. Called once. */
  active?(): void;
  /** Something has happened on this node: what its engine tells, what its agents have done, what befell its media. */
  happened?(event: EngineEvent): void;
}

/** The same for the plugins, which may ask for it. */
export function servicesOf(host: ClusterHost): readonly HostService[] {
  return [
    hostService(Clock, host.clock),
    hostService(Logger, host.logger),
    hostService(Store, host.store),
    hostService(Processes, host.processes),
    hostService(SelfReset, host.selfReset ?? NO_WATCHDOG),
  ];
}

const NO_WATCHDOG: SelfReset = { stopFeeding: () => undefined };
