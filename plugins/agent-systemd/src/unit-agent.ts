// A unit of systemd as a resource: orders are given, and what `show` says afterwards is what counts.
import {
  type Clock,
  endingOf,
  type FailedOperation,
  type Logger,
  type OperationResult,
  type ProcessResult,
  quotedWords,
  type ResourceAgent,
  type ResourceSpec,
  timeLimit,
} from "@systole/sdk";
import type { Answered, Systemctl, UnitState } from "./systemctl.js";
import { unitName } from "./unit-name.js";

/** Pause between two looks at a unit that is on its way somewhere. */
const LOOK_AGAIN_MS = 100;
/** How long taking back a start may take that was given up. */
const WITHDRAW_MS = 2000;

type Look = Answered<UnitState>;
const failed = (kind: FailedOperation["kind"], reason: string): FailedOperation => ({
  ok: false,
  kind,
  reason,
});

/**
 * `args[0]` is the unit. Start and stop wait for systemd's job; a unit that is on its way somewhere is waited for. When
 * a start is aborted, systemd is told to stop the unit, without waiting for it. A unit that `failed` is stopped by
 * `reset-failed` after the stop, so that it is as if it had never been started.
 */
export class UnitAgent implements ResourceAgent {
  readonly supports = { announce: false };
  readonly #systemctl: Systemctl;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(systemctl: Systemctl, clock: Clock, log: Logger) {
    this.#systemctl = systemctl;
    this.#clock = clock;
    this.#log = log;
  }

  async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const name = unitName(resource.args[0]);
    if (!name.ok) return failed("not-here", name.problem);
    const { unit } = name;
    const before = await this.#settled(unit, signal);
    if (!before.ok) return before.answer;
    if (stateOf(before.value) === "running") return { ok: true, state: "running" };
    const problem = loadProblem(unit, before.value);
    if (problem !== undefined) return failed("not-here", problem);
    if (before.value.file === "enabled") {
      const advice = `run systemctl disable ${unit}: it is for the cluster to start it`;
      this.#log.warn("systemd.enabled-at-boot", { unit, advice });
    }
    const order = await this.#systemctl.order("start", unit, signal);
    if (!order.ran) return await this.#withdrawn(unit, order.answer);
    const after = await this.#settled(unit, signal);
    if (!after.ok)
      return after.answer.kind === "timeout" ? this.#withdrawn(unit, after.answer) : after.answer;
    if (stateOf(after.value) === "running") return { ok: true, state: "running" };
    return failed("error", whyNot("start", unit, order.result, after.value));
  }

  async stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const name = unitName(resource.args[0]);
    if (!name.ok) return failed("not-here", name.problem);
    const { unit } = name;
    const before = await this.#systemctl.show(unit, signal);
    if (!before.ok) return before.answer;
    if (before.value.active === "inactive") return { ok: true, state: "stopped" };
    const order = await this.#systemctl.order("stop", unit, signal);
    if (!order.ran) return order.answer;
    const after = await this.#settled(unit, signal);
    if (!after.ok) return after.answer;
    const state = stateOf(after.value);
    if (state === "failed" && order.result.exitCode === 0)
      await this.#systemctl.order("reset-failed", unit, signal);
    if (state === "running" || order.result.exitCode !== 0)
      return failed("error", whyNot("stop", unit, order.result, after.value));
    return { ok: true, state: "stopped" };
  }

  async status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const name = unitName(resource.args[0]);
    if (!name.ok) return failed("not-here", name.problem);
    const look = await this.#settled(name.unit, signal);
    return look.ok ? { ok: true, state: stateOf(look.value) } : look.answer;
  }

  async validate(resource: ResourceSpec, signal: AbortSignal): Promise<readonly string[]> {
    const name = unitName(resource.args[0]);
    if (!name.ok) return [name.problem];
    const surplus = [...resource.args.slice(1), ...Object.keys(resource.parameters)];
    const problems = surplus.map((word) => `a unit takes no parameters: leave "${word}" out`);
    const look = await this.#systemctl.show(name.unit, signal);
    const problem = look.ok ? loadProblem(name.unit, look.value) : look.answer.reason;
    return problem === undefined ? problems : [...problems, problem];
  }

  /** The unit's state when it is not on its way any more. */
  async #settled(unit: string, signal: AbortSignal): Promise<Look> {
    for (;;) {
      const look = await this.#systemctl.show(unit, signal);
      if (!look.ok || !isOnItsWay(look.value)) return look;
      await this.#pause(signal);
      if (signal.aborted)
        return { ok: false, answer: failed("timeout", `${unit} was still ${look.value.active}`) };
    }
  }

  async #withdrawn(unit: string, answer: FailedOperation): Promise<FailedOperation> {
    const withdrawal = await this.#systemctl.withdraw(unit, timeLimit(WITHDRAW_MS));
    if (!withdrawal.ran)
      this.#log.error("systemd.start-not-withdrawn", { unit, reason: withdrawal.answer.reason });
    return answer;
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = this.#clock.wakeAt(this.#clock.nowMs() + LOOK_AGAIN_MS, done);
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted) done();
    });
  }
}

/** A service that systemd starts again and again is not on its way: it has failed. */
function isOnItsWay({ active, sub }: UnitState): boolean {
  return active === "deactivating" || (active === "activating" && !sub.startsWith("auto-restart"));
}

function stateOf({ active }: UnitState): "running" | "stopped" | "failed" {
  if (active === "active" || active === "reloading" || active === "refreshing") return "running";
  return active === "inactive" ? "stopped" : "failed";
}

/** Why the unit cannot be started on this node; undefined when it can be tried. */
function loadProblem(unit: string, { load, loadError }: UnitState): string | undefined {
  switch (load) {
    case "loaded":
      return undefined;
    case "not-found":
      return `there is no unit ${unit}: install what brings it, or see systemctl list-unit-files`;
    case "masked":
      return `${unit} is masked: run systemctl unmask ${unit}`;
    default:
      return `${unit} cannot be loaded (${load}${loadError === "" ? "" : `: ${loadError}`}): see systemctl status ${unit}`;
  }
}

function whyNot(verb: string, unit: string, result: ProcessResult, state: UnitState): string {
  const now = `${unit} is ${state.active} (${state.sub}${state.result === "" ? "" : `, ${state.result}`})`;
  if (result.exitCode !== 0) return `systemctl ${verb} ${endingOf(result)}, and ${now}${quotedWords(result)}`;
  const oneshot = verb === "start" && state.active === "inactive";
  return oneshot
    ? `${unit} ended as soon as it had started: a resource has to stay (RemainAfterExit=yes for Type=oneshot)`
    : `after systemctl ${verb}, ${now}`;
}
