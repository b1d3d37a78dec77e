// One turn of a node that is a function, without any I/O: from the state that was loaded and what has happened, to the state that
// is to be saved and what is to be done once it is.
import { StateMismatch, type Engine, type EngineEffect, type EngineInput } from "../../engine/index.js";
import { FUNCTION_LIMITS } from "./limits.js";
import type { NodeState, Pending } from "./node-state.js";
import { timeAt } from "./node-time.js";

export interface TurnInit {
  readonly before: NodeState | undefined;
  readonly inputs: readonly EngineInput[];
  /** Generation that the inputs are meant for: what an earlier one had asked for is nothing to this one. Absent: any. */
  readonly ofLife?: number | undefined;
  readonly wallMs: number;
  readonly configuration: string;
  /** A uuid for a node that has none yet. */
  readonly newUuid: () => Uint8Array;
  /** An engine for this life, which has not begun or is to be resumed. */
  readonly engineOf: (state: Omit<NodeState, "engine">) => Engine;
  /** What becomes of a message: the frames that wait for the others. */
  readonly post: (
    state: Pick<NodeState, "frames" | "lastFrame" | "time">,
    effects: readonly EngineEffect[],
  ) => Pick<NodeState, "frames" | "lastFrame">;
}

export interface Turn {
  readonly state: NodeState;
  readonly effects: readonly EngineEffect[];
  /** Undefined when the node has left. */
  readonly engine: Engine | undefined;
  /** How long until something is due by itself; Infinity when nothing ever is. */
  readonly nextInMs: number;
}

export function takeTurn(init: TurnInit): Turn {
  const { before, wallMs, configuration } = init;
  if (before?.left !== undefined && before.configuration === configuration)
    return { state: before, effects: [], engine: undefined, nextInMs: Number.POSITIVE_INFINITY };
  const { state, engine, goesOn } = lifeOf(init);
  const { nowMs } = state.time;
  const mine = init.ofLife === undefined || init.ofLife === state.generation ? init.inputs : [];
  const inputs = goesOn ? [...unanswered(state, mine), ...mine] : onlyWords(mine);
  const effects: EngineEffect[] = [];
  // As a daemon begins: the first word says what this node speaks, whoever was heard before it.
  if (!goesOn) effects.push(...engine.step({ kind: "tick" }, nowMs, wallMs));
  for (const input of inputs) effects.push(...engine.step(input, nowMs, wallMs));
  // What the others have said is heard before anybody is judged by his silence.
  if (inputs.length === 0 || engine.deadline() <= nowMs)
    effects.push(...engine.step({ kind: "tick" }, nowMs, wallMs));
  const answered = idsOf(inputs);
  const waiting = state.pending.filter(({ id }) => !answered.has(id));
  const pending = [...waiting, ...asked(effects, nowMs)];
  const next = { ...state, ...kept(effects), ...init.post(state, effects), pending };
  const dueMs = Math.min(engine.deadline(), ...pending.map((one) => one.dueMs));
  const nextInMs = Math.max(0, dueMs - nowMs);
  // A node that is confused ends, and begins another life.
  if (effects.some(({ kind }) => kind === "halt")) return { state: next, effects, engine, nextInMs };
  return { state: { ...next, engine: engine.snapshot() }, effects, engine, nextInMs };
}

interface Life {
  /** Without what the engine has written. */
  readonly state: Omit<NodeState, "engine">;
  readonly engine: Engine;
  /** It is the life of the state that was loaded. */
  readonly goesOn: boolean;
}

/** The same life at this moment; or a new one, where there is none, or none that this code and configuration go on with. */
function lifeOf(init: TurnInit): Life {
  const { before, wallMs, configuration } = init;
  if (before?.engine !== undefined && before.configuration === configuration) {
    const { engine: written, ...rest } = before;
    const state = { ...rest, time: timeAt(before.time, wallMs) };
    const engine = init.engineOf(state);
    if (isResumed(engine, written)) return { state, engine, goesOn: true };
  }
  const state = {
    version: 1,
    configuration,
    // Later than any that was counted up from an earlier one, also when the state was lost.
    generation: Math.max((before?.generation ?? 0) + 1, Math.floor(wallMs / 1000)),
    uuid: before?.uuid ?? [...init.newUuid()],
    time: timeAt(undefined, wallMs),
    policy: before?.policy,
    nodes: before?.nodes,
    pending: [],
    frames: [],
    lastFrame: 0,
  } as const;
  return { state, engine: init.engineOf(state), goesOn: false };
}

/** False when the code is another one: then a new life begins, as of a daemon that was updated. */
function isResumed(engine: Engine, written: unknown): boolean {
  try {
    engine.resume(written);
    return true;
  } catch (error) {
    if (error instanceof StateMismatch) return false;
    throw error;
  }
}

/** A life that has just begun has asked nobody anything. */
function onlyWords(inputs: readonly EngineInput[]): readonly EngineInput[] {
  return inputs.filter(({ kind }) => kind === "frame.received" || kind === "tick");
}

function idsOf(inputs: readonly EngineInput[]): ReadonlySet<number> {
  return new Set(inputs.flatMap((input) => ("id" in input ? [input.id] : [])));
}

/** What nobody will answer any more, because whoever did it has ended in the middle. */
function unanswered(
  { pending, time }: Life["state"],
  inputs: readonly EngineInput[],
): readonly EngineInput[] {
  const answered = idsOf(inputs);
  return pending
    .filter(({ id, dueMs }) => dueMs <= time.nowMs && !answered.has(id))
    .map(({ id, kind, what }) => {
      const reason = `${what} has not been answered in time: the invocation that did it has ended`;
      return kind === "agent"
        ? { kind: "agent.reported", id, result: { ok: false, kind: "timeout", reason } }
        : { kind: "fence.reported", id, result: { ok: false, kind: "timeout", reason } };
    });
}

function asked(effects: readonly EngineEffect[], nowMs: number): readonly Pending[] {
  return effects.flatMap((effect): readonly Pending[] => {
    if (effect.kind === "agent.run") {
      const { id, action, resource, timeoutMs } = effect;
      const dueMs = nowMs + timeoutMs + FUNCTION_LIMITS.operationMarginMs;
      return [{ id, kind: "agent", what: `${action} of ${resource}`, dueMs }];
    }
    if (effect.kind !== "fence.request") return [];
    return [
      {
        id: effect.id,
        kind: "fence",
        what: `fencing of ${effect.node}`,
        dueMs: nowMs + FUNCTION_LIMITS.fenceMs,
      },
    ];
  });
}

/** What a daemon would write to its disk, and whether this life is over. */
function kept(effects: readonly EngineEffect[]): Partial<NodeState> {
  const state: { policy?: unknown; nodes?: unknown; left?: string } = {};
  for (const effect of effects) {
    if (effect.kind === "state.persist") state.policy = effect.state;
    if (effect.kind === "nodes.persist") state.nodes = effect.state;
    if (effect.kind === "left")
      state.left = effect.clean ? "everything was given up" : "something could not be stopped";
  }
  return state;
}
