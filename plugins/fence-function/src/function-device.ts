// Fences by a call to a function. A call is repeated under its id until it is answered or the caller gives up.
import {
  readSecret,
  type Clock,
  type FenceAction,
  type FenceDevice,
  type FenceResult,
  type Logger,
  type SecretPlaces,
} from "@systole/sdk";
import { callFunction, type Attempt } from "./call-function.js";
import type { DeviceConfig } from "./config.js";
import {
  FIRST_PAUSE_MS,
  LONGEST_PAUSE_MS,
  MAX_ATTEMPTS,
  MAX_FAILED_ATTEMPTS,
  MIN_KEY_CHARACTERS,
} from "./limits.js";
import type { FenceAnswer, FenceCall } from "./protocol.js";

export interface FunctionDeviceInit {
  readonly name: string;
  readonly settings: DeviceConfig;
  readonly places: SecretPlaces;
  readonly clock: Clock;
  readonly log: Logger;
}

export class FunctionDevice implements FenceDevice {
  constructor(private readonly init: FunctionDeviceInit) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (signal.aborted) return { ok: false, kind: "timeout", reason: "given up before it began" };
    if (!this.init.settings.hosts.includes(node))
      return {
        ok: false,
        kind: "unknown-node",
        reason: `${this.init.name} has no ${JSON.stringify(node)} under hosts`,
      };
    const attempt = await this.call(action, node, signal);
    if (attempt.kind === "answered") return resultOf(attempt.answer);
    return { ok: false, kind: signal.aborted || attempt.again ? "timeout" : "error", reason: attempt.reason };
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    if (signal.aborted || !this.init.settings.hosts.includes(node)) return "unknown";
    const attempt = await this.call("status", node, signal);
    if (attempt.kind !== "answered" || attempt.answer.result !== "done") return "unknown";
    return attempt.answer.state ?? "unknown";
  }

  async list(): Promise<readonly string[]> {
    return [...new Set(this.init.settings.hosts)];
  }

  /** One id for all attempts; another call, however soon, has another: it is to be done again. */
  private async call(action: FenceCall["action"], node: string, signal: AbortSignal): Promise<Attempt> {
    const { settings, clock, log, places } = this.init;
    const key = await readSecret(settings.key, places).catch((cause: unknown) => refused(cause));
    if (typeof key !== "string") return key;
    if (key.length < MIN_KEY_CHARACTERS)
      return refused(`the key has fewer than ${MIN_KEY_CHARACTERS} characters`);
    const id = crypto.randomUUID();
    let aheadMs = 0;
    let failed = 0;
    let pauseMs = FIRST_PAUSE_MS;
    for (let attempts = 1; ; attempts += 1) {
      const date = new Date(clock.wallMs() + aheadMs).toISOString();
      const call: FenceCall = { action, node, cluster: settings.cluster, id, date };
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]);
      const attempt = await callFunction(settings.url, key, call, bounded);
      const next = whatNext(attempt);
      if (next.kind === "over") return attempt;
      if (next.kind !== "wait") failed += 1;
      if (signal.aborted || failed >= MAX_FAILED_ATTEMPTS || attempts >= MAX_ATTEMPTS)
        return { kind: "failed", again: true, reason: next.reason };
      if (next.kind === "at-its-date") aheadMs = Date.parse(next.date) - clock.wallMs();
      log.info("fence.call-repeated", { node, action, attempts, reason: next.reason });
      await pause(clock, pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }
}

type Next =
  | { readonly kind: "over" }
  | { readonly kind: "again" | "wait"; readonly reason: string }
  /** This node's wall clock is wrong, or the function's: what counts is that the call is fresh there. */
  | { readonly kind: "at-its-date"; readonly reason: string; readonly date: string };

function whatNext(attempt: Attempt): Next {
  if (attempt.kind === "failed")
    return attempt.again ? { kind: "again", reason: attempt.reason } : { kind: "over" };
  const { result, date } = attempt.answer;
  if (result === "under-way") return { kind: "wait", reason: "the call is under way" };
  if (result === "stale" && date !== undefined)
    return { kind: "at-its-date", reason: `its clock says ${date}`, date };
  return { kind: "over" };
}

function resultOf({ result, reason }: FenceAnswer): FenceResult {
  if (result === "done") return { ok: true };
  const why = reason === undefined ? "" : `: ${reason}`;
  if (result === "unknown-node")
    return { ok: false, kind: "unknown-node", reason: `the function does not know the node${why}` };
  return { ok: false, kind: "error", reason: `the function says ${result}${why}` };
}

function refused(cause: unknown): Extract<Attempt, { readonly kind: "failed" }> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { kind: "failed", again: false, reason };
}

/** Ends early when the signal aborts. */
function pause(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.wakeAt(clock.nowMs() + forMs, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
