// The `haresources` policy: groups with a home node, as heartbeat's file of that name describes them. Nodes that are
// all Systole move groups by claims; as soon as a peer is a heartbeat, its R1 protocol is spoken instead.
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
import { encodeReport, REPORT_FIELD } from "./claims/report.js";
import { cleanupMessage, namedGroups, readCleanup } from "./cleanup.js";
import { GroupRunner } from "./group-runner.js";
import { R1Bridge } from "./r1-bridge.js";

export const haresourcesPolicy: ResourcePolicy = { create: (init) => new Haresources(init) };

class Haresources implements PolicyMachine {
  private readonly runners: ReadonlyMap<string, GroupRunner>;
  private readonly claims: ClaimsMachine;
  /** Set while heartbeat's protocol is spoken. */
  private r1: R1Bridge | undefined;
  private outputs: PolicyOutput[] = [];
  private lastId = 0;
  private leaving = false;
  private nowMs = 0;

  constructor(private readonly init: PolicyInit) {
    const { emit, nextId } = this;
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
    this.chooseProtocol(nodes);
    this.listen(input);
    if (this.r1 === undefined) this.claims.step(input, nodes, nowMs);
    else this.r1.step(input, nodes, nowMs);
    const mayRunLater = nodes[0]?.state === "active" && !this.leaving;
    if (mayRunLater) for (const runner of this.runners.values()) runner.warm();
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  deadline(): number {
    const runners = [...this.runners.values()].map((runner) => runner.deadline());
    const protocolMs = this.r1 === undefined ? this.claims.deadline(this.nowMs) : this.r1.deadline();
    return Math.min(protocolMs, ...runners);
  }

  view(nodes: readonly NodeView[]): PolicyView {
    return this.r1 === undefined ? this.claims.view(nodes, this.nowMs) : this.r1.view();
  }

  violations(): readonly string[] {
    return this.r1 === undefined ? this.claims.violations() : [];
  }

  snapshot(): unknown {
    return { version: 1, epochs: this.claims.epochs(), r1: this.r1?.snapshot() };
  }

  /** What is the same whichever protocol is spoken. */
  private listen(input: PolicyInput): void {
    if (input.kind === "message.delivered") {
      const asked = readCleanup(input.message);
      if (asked !== undefined && input.from !== this.init.self) this.cleanUp(asked.name, false);
    }
    if (input.kind === "self.judged") this.claims.judgeSelf(input.self, this.nowMs);
    if (input.kind !== "operator.requested") return;
    if (input.request.kind === "cleanup") this.cleanUpAsked(input.id, input.request.name);
    if (input.request.kind !== "stop") return;
    this.leaving = true;
    for (const runner of this.runners.values()) runner.cool(this.nowMs);
  }

  private cleanUpAsked(id: number, name: string | undefined): void {
    const keys = this.cleanUp(name, true);
    if (keys.length === 0) {
      const known = this.init.groups.map(({ key }) => key).join(", ");
      const reason = `there is no group or resource ${name ?? ""}; the groups are ${known || "none"}`;
      return this.emit({ kind: "operator.answered", id, ok: false, reason });
    }
    this.emit({ kind: "message.send", message: cleanupMessage(name) });
    const reason = `the failures of ${name ?? keys.join(", ")} are forgotten on every node`;
    this.emit({ kind: "operator.answered", id, ok: true, reason });
  }

  /** Returns the keys of the groups that are meant. Only the node that was asked claims anew what stays down. */
  private cleanUp(name: string | undefined, asked: boolean): readonly string[] {
    const meant = namedGroups(this.init.groups, name);
    for (const { key, resource } of meant) {
      const had = this.runners.get(key)?.cleanup(resource, this.nowMs) ?? false;
      if (asked && this.r1 === undefined) this.claims.cleaned(key);
      if (had) this.event("group.cleaned-up", { group: key, resource });
      this.r1?.cleaned(key);
    }
    return meant.map(({ key }) => key);
  }

  /** A living heartbeat decides for everybody; a living Systole decides when no heartbeat lives; else it stays as it is. */
  private chooseProtocol(nodes: readonly NodeView[]): void {
    const peers = nodes.filter((node) => node.kind === "normal" && node.name !== this.init.self);
    const dialects = peers
      .filter((node) => node.state === "up" || node.state === "active")
      .map((node) => node.dialect);
    const wanted = dialects.includes("heartbeat")
      ? "r1"
      : dialects.includes("systole")
        ? "claims"
        : undefined;
    if (wanted === "r1" && this.r1 === undefined) {
      const active = nodes[0]?.state === "active";
      const { runners, nextId, emit } = this;
      this.r1 = new R1Bridge({ policy: this.init, runners, nextId, emit, active });
      // Any Systole among the others must not count on claims now.
      emit({
        kind: "publish",
        fields: { [REPORT_FIELD]: encodeReport({ ready: false, pings: 0, groups: new Map() }) },
      });
      this.event("protocol.chosen", { protocol: "r1", why: "a peer is a heartbeat" });
    } else if (wanted === "claims" && this.r1 !== undefined) {
      this.r1 = undefined;
      this.claims.adopt();
      this.event("protocol.chosen", { protocol: "claims", why: "every living node is a Systole" });
    }
  }

  private readonly emit = (output: PolicyOutput): void => void this.outputs.push(output);

  private readonly nextId = (): number => (this.lastId += 1);

  private event(name: string, fields: Readonly<Record<string, unknown>>): void {
    this.emit({ kind: "event", event: { name, level: "info", fields } });
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
