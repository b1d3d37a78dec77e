// The way of docs/wire.md to change keys beside heartbeat: list both, change one node after the other, remove the old one. One file
// a pairing: these are the longest chains.
import type { Act, NodeName } from "../lab/index.js";
import { COLD_START } from "./acts.js";
import { describeChain } from "./chain.js";
import { MIXED } from "./pairing.js";
import { bothSignWith, takeKeys } from "./signatures.js";
import { PATIENT } from "./unharmed.js";

const CRC = "1 crc";
const FIRST = "2 sha1 first-secret";
const SECOND = "3 sha1 second-secret";

/** From the key with index `from` to `to`, `first` before the other node. */
function change(first: NodeName, from: readonly [number, string], to: readonly [number, string]): Act[] {
  const nodes: readonly NodeName[] = first === "master" ? ["master", "cluster1"] : ["cluster1", "master"];
  const both = [from[1], to[1]];
  return [
    ...nodes.map((node) => takeKeys(node, from[0], both)),
    ...nodes.map((node) => takeKeys(node, to[0], both)),
    ...nodes.map((node) => takeKeys(node, to[0], [to[1]])),
    bothSignWith(to[0]),
  ];
}

/** `first`: who runs master in the pairing of this number. */
export function describeKeyChange(first: string, index: 0 | 1): void {
  const pairing = MIXED[index];
  describeChain({
    name: `keys, ${first} first`,
    // A heartbeat that broadcasts hears itself, and complains of its own signatures while its keys change.
    variant: { ...PATIENT, medium: "mcast", auth: "crc" },
    pairings: pairing === undefined ? [] : [pairing],
    comparison: false,
    acts: [
      COLD_START,
      ...change("master", [1, CRC], [2, FIRST]),
      ...change("cluster1", [2, FIRST], [3, SECOND]),
    ],
  });
}
