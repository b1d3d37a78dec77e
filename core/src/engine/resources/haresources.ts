// The `haresources` policy: groups with a home node, as heartbeat's file of that name describes them. Nodes that are
// all Systole move groups by claims; this file holds what both ways have in common, the runners of the groups.
import type {
  NodeView,
  PolicyInit,
  PolicyInput,
  PolicyMachine,
  PolicyOutput,
  PolicyView,
  ResourcePolicy,
} from "../../ports/index.js";
import { ClaimsMachine } from "./claims/machine.js";
import { GroupRunner } from "./group-runner.js";

export const haresourcesPolicy: ResourcePolicy = { create: (init) => new Haresources(init) };

class Haresources implements PolicyMachine {
  private readonly runners: ReadonlyMap<string, GroupRunner>;
  private readonly claims: ClaimsMachine;
  private outputs: PolicyOutput[] = [];
  private lastId = 0;
  private nowMs = 0;

  constructor(init: PolicyInit) {
    const emit = (output: PolicyOutput): void => void this.outputs.push(output);
    const nextId = (): number => (this.lastId += 1);
    const timeoutMs = init.operationTimeoutMs;
    this.runners = new Map(
      init.groups.map((group) => [group.key, new GroupRunner({ group, timeoutMs, nextId, emit })]),
    );
    const epochs = restoredEpochs(init.restored);
    this.claims = new ClaimsMachine({ policy: init, runners: this.runners, nextId, emit, epochs });
  }

  step(input: PolicyInput, nodes: readonly NodeView[], nowMs: number): readonly PolicyOutput[] {
    this.nowMs = nowMs;
    for (const runner of this.runners.values()) {
      if (input.kind === "agent.reported") runner.report(input.id, input.result, nowMs);
      runner.tick(nowMs);
    }
    this.claims.step(input, nodes, nowMs);
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  deadline(): number {
    const runners = [...this.runners.values()].map((runner) => runner.deadline());
    return Math.min(this.claims.deadline(this.nowMs), ...runners);
  }

  view(nodes: readonly NodeView[]): PolicyView {
    return this.claims.view(nodes, this.nowMs);
  }

  violations(): readonly string[] {
    return this.claims.violations();
  }

  snapshot(): unknown {
    return { version: 1, epochs: this.claims.epochs() };
  }
}

/** What an earlier life persisted. Anything that is not understood counts as nothing. */
function restoredEpochs(restored: unknown): ReadonlyMap<string, number> {
  const epochs = new Map<string, number>();
  if (typeof restored !== "object" || restored === null || !("epochs" in restored)) return epochs;
  if (typeof restored.epochs !== "object" || restored.epochs === null) return epochs;
  for (const [key, epoch] of Object.entries(restored.epochs)) {
    if (Number.isSafeInteger(epoch) && epoch >= 0) epochs.set(key, epoch);
  }
  return epochs;
}
