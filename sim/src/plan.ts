// What is simulated: the nodes with the engines and frames that they really have, and what there is around them.
import type { Carrier, Framing } from "@systole/core";
import type { Engine } from "@systole/core/engine";
import type { GroupSpec, Message, QuorumAnswer, QuorumQuestion } from "@systole/core/ports";

/** What a node runs: Systole's engine, or a heartbeat that is modelled. */
export type NodeEngine = Pick<Engine, "step" | "deadline" | "view"> &
  Partial<Pick<Engine, "snapshot" | "resume">>;

/** What a life of a node begins with. */
export interface NodeLife {
  readonly generation: number;
  readonly seed: number;
  /** What the former life has written, as it was read. */
  readonly policy: unknown;
  readonly nodes: unknown;
}

export interface NodePlan {
  readonly name: string;
  /** Media and ping media, in the order of the configuration. */
  readonly carriers: readonly Carrier[];
  /** The engine of a new life. */
  engine(life: NodeLife): NodeEngine;
  framing(): Framing;
  /** Nodes of the same label open each other's frames alike, so that each frame is opened once. Absent: each opens for itself. */
  readonly opensAs?: string;
  /** What becomes of a message before it is framed. Absent: nothing. */
  says?(message: Message): Message;
  /** It is a heartbeat 3.0.6: there is no guard beside it, and a stop that fails ends in a reboot. Absent: a Systole. */
  readonly isHeartbeat?: boolean;
}

/** Who is asked which side may serve. It may answer later, or never. */
export interface SimulatedQuorum {
  ask(question: QuorumQuestion, report: (answer: QuorumAnswer) => void): void;
}

export interface ClusterPlan {
  readonly nodes: readonly NodePlan[];
  readonly groups: readonly GroupSpec[];
  readonly keepaliveMs: number;
  readonly deadMs: number;
  /**
   * A guard beside each daemon takes its addresses away when the daemon has given no sign of life for so long, and at once when it
   * ends (docs/addresses.md). Absent: there is none.
   */
  readonly guardAfterMs?: number;
  /** A link does not change the order of what it carries, unless the weather makes it late. Absent: a link may. */
  readonly inOrder?: boolean;
  /** By the name under which the engine hears of it. Absent: there is none. */
  readonly quorums: ReadonlyMap<string, SimulatedQuorum>;
}

/** The agent whose resources the guard knows. */
export const GUARDED_AGENT = "ipaddr";
