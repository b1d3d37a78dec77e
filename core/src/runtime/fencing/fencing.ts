// Fences a node by the devices of its levels and always brings an answer back. Who is fenced and when is the policy's
// affair; which devices do it, whether they have done it, and what is told of it is this one's.
import type { Clock, EngineEvent, FenceResult, Processes } from "../../ports/index.js";
import { DeviceCalls, type FailedFence } from "./device-calls.js";
import type { FenceHistory } from "./fence-history.js";
import { runHooks, type HookFacts, type HookFailure } from "./fence-hooks.js";
import { LevelRun, type FenceStep, type NamedFenceDevice } from "./fence-level.js";
import { levelsOf, type FenceLevel, type FencingConfig } from "./fencing-config.js";

export interface FencingInit {
  /** This node. */
  readonly self: string;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly config: FencingConfig;
  readonly devices: readonly NamedFenceDevice[];
  readonly history: FenceHistory;
  readonly event: (event: EngineEvent) => void;
  /** `how`: what was done, as a sentence. */
  readonly report: (id: number, result: FenceResult, how: string) => void;
}

interface Attempt {
  readonly result: FenceResult;
  readonly how: string;
  readonly steps: readonly FenceStep[];
}

export class Fencing {
  private readonly ended = new AbortController();
  private readonly calls: DeviceCalls;

  constructor(private readonly init: FencingInit) {
    this.calls = new DeviceCalls(init.clock, init.config.timeoutMs, this.ended.signal);
  }

  /** Answered by `report` with the same id, exactly once. */
  request(id: number, node: string, why: string): void {
    void this.fenceAndReport(id, node, why);
  }

  /** Ends what is under way; it is still answered. */
  close(): void {
    this.ended.abort(new Error("this node has left"));
  }

  private async fenceAndReport(id: number, node: string, why: string): Promise<void> {
    const attempt = await this.fence(node, why);
    this.init.report(id, attempt.result, attempt.how);
    await this.hooksAfter(node, why, attempt);
  }

  /** Never rejects. */
  private async fence(node: string, why: string): Promise<Attempt> {
    const { clock, history, self } = this.init;
    const atWallMs = clock.wallMs();
    const startedMs = clock.nowMs();
    const attempt = (await this.refusedByHook(node, why)) ?? (await this.tryLevels(node));
    const tookMs = Math.round(clock.nowMs() - startedMs);
    const { result, how, steps } = attempt;
    history.add({ atWallMs, node, by: self, ok: result.ok, how, why, tookMs, steps });
    return attempt;
  }

  private async tryLevels(node: string): Promise<Attempt> {
    const failures: FailedFence[] = [];
    const steps: FenceStep[] = [];
    for (const level of levelsOf(node, this.init.config)) {
      const tried = await this.tryLevel(level, node);
      steps.push(...tried.steps);
      if (tried.result.ok) return { result: tried.result, how: inWords(tried.steps), steps };
      failures.push(tried.result);
    }
    const result = summary(node, failures);
    return { result, how: result.reason, steps };
  }

  private async tryLevel(level: FenceLevel, node: string) {
    const { devices, clock, config } = this.init;
    const meant = level.flatMap((name) => devices.find((device) => device.name === name) ?? []);
    const run = await new LevelRun(meant, node, this.calls, clock).run(config.action);
    for (const step of run.steps) this.tell(node, step);
    return run;
  }

  private tell(node: string, { device, action, ok, verified, reason, tookMs }: FenceStep): void {
    const fields = { node, device, action, tookMs, ...(reason !== undefined && { reason }) };
    if (!ok) this.init.event({ name: "fence.device-failed", level: "warn", fields });
    else if (verified || action === "on")
      this.init.event({ name: "fence.device-done", level: "info", fields });
    else this.init.event({ name: "fence.not-verified", level: "warn", fields });
  }

  private async refusedByHook(node: string, why: string): Promise<Attempt | undefined> {
    const failures = await this.hooks("before", { ...this.facts(node, why) });
    const veto = failures.find(({ hook }) => hook.required);
    if (veto === undefined) return undefined;
    const reason = `a required program before fencing failed: ${veto.reason}`;
    return { result: { ok: false, kind: "error", reason }, how: reason, steps: [] };
  }

  private async hooksAfter(node: string, why: string, { result, how }: Attempt): Promise<void> {
    await this.hooks("after", { ...this.facts(node, why), result: result.ok ? "ok" : "failed", how });
  }

  private async hooks(when: "before" | "after", facts: HookFacts): Promise<readonly HookFailure[]> {
    const { config, processes } = this.init;
    const failures = await runHooks(config[when], facts, processes, this.ended.signal);
    for (const { hook, reason } of failures) {
      const fields = { node: facts.node, when, program: hook.program, required: hook.required, reason };
      this.init.event({ name: "fence.hook-failed", level: "warn", fields });
    }
    return failures;
  }

  private facts(node: string, why: string): HookFacts {
    return { node, action: this.init.config.action, by: this.init.self, why };
  }
}

/** The gravest failure tells the kind: a time-out leaves open whether the node still lives. */
function summary(node: string, failures: readonly FailedFence[]): FailedFence {
  const kinds = failures.map(({ kind }) => kind);
  const kind = kinds.includes("timeout") ? "timeout" : kinds.includes("error") ? "error" : "unknown-node";
  const reason = failures.map((failure) => failure.reason).join("; ");
  return { ok: false, kind, reason: reason === "" ? `no device fences ${node}` : reason };
}

/** What has ended the node. */
function inWords(steps: readonly FenceStep[]): string {
  const endings = steps.filter(({ ok, action }) => ok && action !== "on");
  const words = endings.map(({ action, device, verified }) => {
    return `${action} by ${device}, ${verified ? "whose status says so" : "unverified"}`;
  });
  const stillOff = steps.filter(({ ok, action }) => !ok && action === "on").map(({ device }) => device);
  const remark = stillOff.length === 0 ? "" : `; ${stillOff.join(", ")} could not switch it on again`;
  return `${words.join("; ")}${remark}`;
}
