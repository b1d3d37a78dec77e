// Whether another host already answers for what a group would start here: asked before a node that has never heard another
// one takes it. A cluster with two keys, or behind a closed firewall, looks like one that is not there; its address does not.
import type { EngineEvent, GroupSpec, OperationResult, PolicyOutput } from "../../../ports/index.js";

export interface ElsewhereInit {
  readonly group: GroupSpec;
  readonly timeoutMs: number;
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
}

export interface ElsewhereAnswer {
  readonly atMs: number;
  /** Who has what, as a sentence; undefined: nobody answers. */
  readonly held: string | undefined;
}

export class Elsewhere {
  /** Something of the group can be asked for. */
  readonly askable: boolean;
  answer: ElsewhereAnswer | undefined;
  /** Resources by the id of their question. */
  private readonly open = new Map<number, string>();
  private held: string | undefined;

  constructor(private readonly init: ElsewhereInit) {
    this.askable = init.group.resources.some(({ tellsElsewhere }) => tellsElsewhere === true);
  }

  /** Asks for all of it at once, unless that is under way. The last answer stands until there is a new one. */
  ask(): void {
    if (this.open.size > 0 || !this.askable) return;
    this.held = undefined;
    const { group, timeoutMs, nextId, emit } = this.init;
    for (const { name, tellsElsewhere } of group.resources) {
      if (tellsElsewhere !== true) continue;
      const id = nextId();
      this.open.set(id, name);
      emit({ kind: "agent.run", id, resource: name, action: "elsewhere", timeoutMs });
    }
  }

  /** What cannot be asked says nothing against a start. */
  report(id: number, result: OperationResult, nowMs: number): void {
    const resource = this.open.get(id);
    if (resource === undefined) return;
    this.open.delete(id);
    if (result.ok && result.state === "running")
      this.held ??= result.reason ?? `another host answers for ${resource}`;
    if (this.open.size > 0) return;
    const { held } = this;
    if (held !== this.answer?.held) {
      const { key } = this.init.group;
      if (held === undefined) this.event("group.elsewhere-gone", "info", { group: key });
      else this.event("group.elsewhere", "error", { group: key, why: held });
    }
    this.answer = { atMs: nowMs, held };
  }

  private event(name: string, level: EngineEvent["level"], fields: EngineEvent["fields"]): void {
    this.init.emit({ kind: "event", event: { name, level, fields } });
  }
}

/** For a group of which nothing can be asked the others speak: who has them has that one as well. */
export function answerFor(
  own: Elsewhere,
  all: readonly Elsewhere[],
  nowMs: number,
): ElsewhereAnswer | undefined {
  if (own.askable) return own.answer;
  const answers = all.filter(({ askable }) => askable).map(({ answer }) => answer);
  const held = answers.find((answer) => answer?.held !== undefined);
  return held ?? (answers.includes(undefined) ? undefined : { atMs: nowMs, held: undefined });
}
