// Who runs what: the real heartbeat 3.0.6 and Systole, in each of the four ways to share two nodes.
import type { Implementation, NodeName } from "../lab/index.js";

export interface Pairing {
  /** For tables: master's, then cluster1's. */
  readonly id: "C–C" | "C–S" | "S–C" | "S–S";
  readonly implementations: Readonly<Record<NodeName, Implementation>>;
}

export const HEARTBEAT_ALONE: Pairing = {
  id: "C–C",
  implementations: { master: "heartbeat", cluster1: "heartbeat" },
};

export const MIXED: readonly Pairing[] = [
  { id: "C–S", implementations: { master: "heartbeat", cluster1: "systole" } },
  { id: "S–C", implementations: { master: "systole", cluster1: "heartbeat" } },
];

export const SYSTOLE_ALONE: Pairing = {
  id: "S–S",
  implementations: { master: "systole", cluster1: "systole" },
};

export const PAIRINGS: readonly Pairing[] = [HEARTBEAT_ALONE, ...MIXED, SYSTOLE_ALONE];
