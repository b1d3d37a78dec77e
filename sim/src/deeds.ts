// What engines ask of the world, done: frames, agents, power switches, quorums, disks. Each of them fails as it is told to.
import type { EngineEffect } from "@systole/core/engine";
import {
  textField,
  type AgentOrder,
  type Message,
  type NamedQuorumAnswer,
  type OperationResult,
  type QuorumQuestion,
} from "@systole/core/ports";
import type { SimulatedCluster } from "./cluster.js";
import { putBackAddresses } from "./guard.js";
import type { Operation, SimNode } from "./node.js";
import { outcomeOf } from "./power.js";

/** Beside an answer of its own: an agent that never ends by itself, and one that says that all is well and does nothing. */
export type AgentTrouble = OperationResult | { readonly kind: "hangs" } | { readonly kind: "lies" };

const QUICK_MS = 1;
const CANCELLED: OperationResult = { ok: false, kind: "timeout", reason: "given up" };

export function perform(cluster: SimulatedCluster, node: SimNode, effect: EngineEffect): void {
  switch (effect.kind) {
    case "frame.send":
      return transmit(cluster, node, effect.message, effect.links);
    case "agent.run":
      return operate(cluster, node, effect.id, effect);
    case "agent.cancel": {
      const operation = node.operations.get(effect.id);
      if (operation !== undefined) cluster.later(QUICK_MS, () => end(cluster, node, operation, CANCELLED));
      return;
    }
    case "happened":
      return;
    case "state.persist":
      return node.disk.write("policy", effect.state);
    case "nodes.persist":
      return node.disk.write("nodes", effect.state);
    case "operator.answered":
      cluster.answers.set(effect.id, { ok: effect.ok, reason: effect.reason });
      return;
    case "event":
      return cluster.tell(node, effect.event);
    case "left":
      return cluster.leave(node, effect.clean);
    case "quorum.ask":
      return askQuorum(cluster, node, effect.id, effect.question);
    case "fence.request":
      return fence(cluster, node, effect.id, effect.node);
    case "halt":
      return cluster.halt(node, effect.violations);
  }
}

function transmit(
  cluster: SimulatedCluster,
  node: SimNode,
  said: Message,
  links: readonly string[] | undefined,
): void {
  const message = node.plan.says?.(said) ?? said;
  const targets = node.plan.carriers.filter(({ medium, supports }) =>
    links === undefined ? supports.probe === undefined : links.includes(medium),
  );
  for (const { to, bytes } of node.framing.frames(message, targets).frames) {
    for (const observer of cluster.observers) observer.sent?.(node, bytes);
    cluster.network.send(node.name, to, bytes);
  }
  if (textField(said, "t") !== "status") return;
  putBackAddresses(cluster.plan, node, cluster.nowMs);
  node.saidAtMs = cluster.nowMs;
}

/** One operation after the other for each resource, as the runtime has it. */
function operate(cluster: SimulatedCluster, node: SimNode, id: number, order: AgentOrder): void {
  const { resource, action, timeoutMs } = order;
  cluster.note(node, resource, action);
  const operation: Operation = { id, resource, action, sinceMs: cluster.nowMs, ended: false };
  const before = [...node.operations.values()].some((other) => other.resource === resource);
  node.operations.set(id, operation);
  const takesMs = action === "start" || action === "stop" ? cluster.operationMs : cluster.lookMs;
  const trouble = cluster.troubleOf(node.name, resource, action);
  const timeout: OperationResult = { ok: false, kind: "timeout", reason: `no answer within ${timeoutMs} ms` };
  if (trouble !== undefined && "kind" in trouble && trouble.kind === "hangs")
    return cluster.later(timeoutMs, () => end(cluster, node, operation, timeout));
  const waitMs = before ? takesMs + QUICK_MS : takesMs;
  cluster.later(waitMs, () => end(cluster, node, operation, undefined));
}

/** What is asked for by `result`: undefined, what the agent makes of it now. */
function end(
  cluster: SimulatedCluster,
  node: SimNode,
  operation: Operation,
  result: OperationResult | undefined,
): void {
  const { id, resource, action } = operation;
  if (operation.ended || node.operations.get(id) !== operation || !node.alive) return;
  // A machine that stands still finishes nothing.
  if (node.paused) return node.keep(() => end(cluster, node, operation, result));
  operation.ended = true;
  node.operations.delete(id);
  const outcome = result ?? outcomeAt(cluster, node, operation);
  cluster.finished(node, resource, action, outcome.ok);
  cluster.offer(node, { kind: "agent.reported", id, result: outcome });
}

function outcomeAt(
  cluster: SimulatedCluster,
  node: SimNode,
  { resource, action }: Operation,
): OperationResult {
  const trouble = cluster.troubleOf(node.name, resource, action);
  if (trouble !== undefined && "ok" in trouble) return trouble;
  if (trouble?.kind === "lies") return { ok: true, state: action === "stop" ? "stopped" : "running" };
  switch (action) {
    case "elsewhere": {
      if (cluster.squatted.has(resource)) return { ok: true, state: "running" };
      // The segment carries its questions to all hosts, whatever is cut between the daemons.
      const other = cluster.holders(resource).find((name) => name !== node.name && cluster.node(name).awake);
      if (other === undefined) return { ok: true, state: "stopped" };
      return { ok: true, state: "running", reason: `${other} answers for ${resource}` };
    }
    case "start":
      node.forfeited.delete(resource);
      node.running.add(resource);
      break;
    case "stop":
      node.forfeited.delete(resource);
      node.taken.delete(resource);
      node.running.delete(resource);
      break;
    case "status":
      if (node.forfeited.has(resource))
        return { ok: true, state: "failed", reason: "this node stood still for too long" };
      break;
    case "announce":
    case "warm":
      break;
  }
  return { ok: true, state: node.running.has(resource) ? "running" : "stopped" };
}

function askQuorum(cluster: SimulatedCluster, node: SimNode, id: number, question: QuorumQuestion): void {
  const { quorums } = cluster.plan;
  const { generation } = node;
  const answers: NamedQuorumAnswer[] = [];
  for (const [name, quorum] of quorums) {
    quorum.ask(question, (answer) => {
      answers.push({ name, answer });
      if (answers.length === quorums.size && node.generation === generation)
        cluster.offer(node, { kind: "quorum.reported", id, answers });
    });
  }
}

function fence(cluster: SimulatedCluster, by: SimNode, id: number, victim: string): void {
  const { afterMs, ends, result } = outcomeOf(cluster.switches.get(victim) ?? "works");
  const { generation } = by;
  cluster.later(afterMs, () => {
    if (ends && cluster.nodes.has(victim)) cluster.kill(victim, true);
    if (by.generation === generation) cluster.offer(by, { kind: "fence.reported", id, result });
  });
}
