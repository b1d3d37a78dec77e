// What befalls a cluster in some lives only (special.ts): what hosts, programs and operators do besides, and who else is on the segment.
import type { NodeRequest, SelfObserved } from "@systole/core/ports";
import { textMessage } from "@systole/core/ports";
import { USERS, type SimulatedCluster } from "../cluster.js";
import type { SimNode } from "../node.js";
import { Random } from "../random.js";
import { overhear, type Neighbour } from "./neighbour.js";

export type RareFault =
  /** The engine is gone and made anew from what it has written, as a function is between two inputs. */
  | { readonly kind: "resume"; readonly node: string }
  /** The host looks at itself. Absent: it cannot know. Carriers it sees as they are. */
  | {
      readonly kind: "observe";
      readonly node: string;
      /** More than at the last look. */
      readonly suspendedMs?: number;
      readonly stolenMs?: number;
      readonly cpuPressure?: number;
    }
  /** A program of the node says something of so many bytes. */
  | { readonly kind: "say"; readonly node: string; readonly bytes: number; readonly to?: string }
  /** A medium has reason to think that `of` has gone from it. */
  | { readonly kind: "hint"; readonly node: string; readonly of: string; readonly medium: string }
  | { readonly kind: "add"; readonly node: string; readonly name: string }
  | { readonly kind: "weigh"; readonly node: string; readonly of: string; readonly weight: number }
  | { readonly kind: "place"; readonly node: string; readonly of: string; readonly site: string }
  /** `systole cleanup NAME` and `systole restart NAME` */
  | { readonly kind: "clean" | "restart"; readonly node: string; readonly name: string }
  /** `systole move GROUP [--to NODE]` */
  | { readonly kind: "move"; readonly node: string; readonly group: string; readonly to?: string }
  /** A host that is no node answers for an address; `go`: it does not any more. */
  | { readonly kind: "squat" | "go"; readonly resource: string }
  /** Somebody who is no node of this cluster is heard by one. */
  | { readonly kind: "neighbour"; readonly node: string; readonly who: Neighbour };

/** Told apart from what befalls every cluster. */
export const RARE_KINDS = [
  "resume",
  "observe",
  "say",
  "hint",
  "add",
  "weigh",
  "place",
  "clean",
  "restart",
  "move",
  "squat",
  "go",
  "neighbour",
] as const satisfies readonly RareFault["kind"][];

export function isRare(fault: { readonly kind: string }): fault is RareFault {
  return isRareKind(fault.kind);
}

export function isRareKind(kind: string): kind is RareFault["kind"] {
  return (RARE_KINDS as readonly string[]).includes(kind);
}

/** Returns whether it applied: to whom lives. */
export function befallRarely(cluster: SimulatedCluster, fault: RareFault): boolean {
  if ("resource" in fault) {
    if (fault.kind === "go") return cluster.squatted.delete(fault.resource);
    cluster.squatted.add(fault.resource);
    return true;
  }
  const node = cluster.nodes.get(fault.node);
  if (node === undefined || !node.alive) return false;
  switch (fault.kind) {
    case "resume":
      return !node.frozen && resume(cluster, node);
    case "observe":
      node.host.suspendedMs += fault.suspendedMs ?? 0;
      node.host.stolenMs += fault.stolenMs ?? 0;
      node.host.cpuPressure = fault.cpuPressure;
      look(cluster, node);
      return true;
    case "say": {
      const message = textMessage({ t: "note", text: wordsOf(fault.bytes) });
      cluster.offer(node, {
        kind: "client.said",
        message,
        ...(fault.to !== undefined && { to: fault.to }),
      });
      return true;
    }
    case "hint":
      cluster.offer(node, { kind: "link.hinted", link: fault.medium, node: fault.of });
      return true;
    case "add":
      return edit(cluster, node, { kind: "add", nodes: [fault.name] });
    case "weigh":
      return edit(cluster, node, { kind: "weight", node: fault.of, weight: fault.weight });
    case "place":
      return edit(cluster, node, { kind: "site", node: fault.of, site: fault.site });
    case "clean":
      cluster.cleanup(node.name, fault.name);
      return true;
    case "restart":
      cluster.restart(node.name, fault.name);
      return true;
    case "move":
      cluster.move(node.name, fault.group, fault.to);
      return true;
    case "neighbour":
      return overhear(cluster, node, fault.who);
  }
}

/** Text that no compression makes much smaller, the same for the same size. */
function wordsOf(bytes: number): string {
  const random = new Random(bytes);
  return Array.from({ length: bytes }, () => String.fromCharCode(48 + random.below(64))).join("");
}

/** Of hosts that look at themselves: what they see of their cables changes by itself. */
export function lookAgain(cluster: SimulatedCluster): void {
  for (const node of cluster.nodes.values()) if (node.alive && node.host.looks) look(cluster, node);
}

function look(cluster: SimulatedCluster, node: SimNode): void {
  node.host.looks = true;
  const { suspendedMs, stolenMs, cpuPressure } = node.host;
  // Who reaches no user has no carrier anywhere: only then everything of a node is cut.
  const state = cluster.cuts.has(`${node.name}>${USERS}`) ? "lost" : "up";
  const media = node.plan.carriers.filter(({ supports }) => supports.probe === undefined);
  const observed: SelfObserved = {
    suspendedMs,
    stolenMs,
    cpus: 2,
    ...(cpuPressure !== undefined && { cpuPressure }),
    carriers: media.map(({ medium }) => ({ interface: medium, state })),
  };
  cluster.observe(node.name, observed);
}

/** Throws when it does not go on as it was. */
function resume(cluster: SimulatedCluster, node: SimNode): boolean {
  const before = JSON.stringify(node.engine.view());
  node.resume();
  const after = JSON.stringify(node.engine.view());
  if (before !== after) throw new Error(`${node.name} goes on as another one: ${before} and ${after}`);
  node.dueMs = node.clock.worldMs(node.engine.deadline());
  return cluster.nodes.has(node.name);
}

function edit(cluster: SimulatedCluster, node: SimNode, request: NodeRequest): boolean {
  cluster.edit(node.name, request);
  return true;
}
