// The cases of one node, with a clock and devices that answer when a test wants it: for tests only.
import type { FencingRules, NodeView, PolicyOutput } from "../../../ports/index.js";
import { DEFAULT_RULES } from "../fence-case.js";
import { FencingCases } from "../fencing-cases.js";
import type { Race } from "../race.js";

const FAILURE = { ok: false, kind: "error", reason: "no answer" } as const;

/** The cases of cluster1, with a clock. */
export class Coordinator {
  nowMs = 1000;
  readonly outputs: PolicyOutput[] = [];
  readonly cases: FencingCases;
  living: readonly string[] = ["cluster1"];
  mayFence = true;
  nodes: NodeView[] = [view("cluster1", "active", 1), view("master", "dead", 7)];
  private lastId = 0;

  constructor(rules: Partial<FencingRules> = {}, configured = true) {
    this.cases = new FencingCases({
      self: "cluster1",
      configured,
      rules: { ...DEFAULT_RULES, ...rules },
      nextId: () => (this.lastId += 1),
      emit: (output) => this.outputs.push(output),
    });
  }

  died(groupsHere = 1, groupsThere: number | undefined = 0): void {
    const race: Race = {
      victim: "master",
      order: ["master", "cluster1"],
      living: this.living,
      groupsHere,
      groupsThere,
      idle: false,
    };
    this.cases.died(race, this.nowMs);
    this.tick();
  }

  tick(): void {
    this.cases.tick(this.living, this.mayFence, this.nowMs);
  }

  wait(ms: number): void {
    this.nowMs += ms;
    this.tick();
  }

  report(ok: boolean): void {
    const result = ok ? ({ ok: true } as const) : FAILURE;
    this.cases.reported(this.lastId, result, "off by rack", this.nodes, this.nowMs);
    this.tick();
  }

  /** How often devices were asked. */
  get requests(): number {
    return this.outputs.filter(({ kind }) => kind === "fence.request").length;
  }

  get events(): readonly string[] {
    return this.outputs.flatMap((output) => (output.kind === "event" ? [output.event.name] : []));
  }

  get answers(): readonly string[] {
    return this.outputs.flatMap((output) =>
      output.kind === "operator.answered"
        ? [`${output.id} ${output.ok ? "ok" : "no"}: ${output.reason}`]
        : [],
    );
  }

  get unsettled(): readonly string[] {
    return [...this.cases.unsettled()];
  }
}

export function view(name: string, state: NodeView["state"], generation: number): NodeView {
  const rest = { reason: "", dialect: "systole", links: [], heardAtMs: undefined } as const;
  return { name, kind: "normal", state, generation, ...rest };
}
