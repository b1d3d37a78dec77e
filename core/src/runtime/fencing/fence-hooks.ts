// Programs of an operator that are run before and after a fencing: to tell a pager, to free a disk, to say no.
import type { Processes } from "../../ports/index.js";
import { reasonOf } from "../plugin-problem.js";
import type { FenceHook } from "./fencing-config.js";

/** What a hook is told, in its environment. */
export interface HookFacts {
  readonly node: string;
  readonly action: string;
  /** The node that fences. */
  readonly by: string;
  readonly why: string;
  /** Of a hook that runs after: `ok` or `failed`, and the sentence about it. */
  readonly result?: "ok" | "failed";
  readonly how?: string;
}

export interface HookFailure {
  readonly hook: FenceHook;
  readonly reason: string;
}

/** Runs them one after another; what fails does not keep the next from running. Never rejects. */
export async function runHooks(
  hooks: readonly FenceHook[],
  facts: HookFacts,
  processes: Processes,
  signal: AbortSignal,
): Promise<readonly HookFailure[]> {
  const failures: HookFailure[] = [];
  for (const hook of hooks) {
    const reason = await failureOf(hook, facts, processes, signal);
    if (reason !== undefined) failures.push({ hook, reason });
  }
  return failures;
}

async function failureOf(
  { program, args, timeoutMs }: FenceHook,
  facts: HookFacts,
  processes: Processes,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const request = { command: program, args, env: environmentOf(facts), timeoutMs };
    const { exitCode, signal: ended, timedOut, stderr } = await processes.run(request, signal);
    if (exitCode === 0 && !timedOut) return undefined;
    if (timedOut) return `${program} took longer than ${timeoutMs} ms`;
    const [said] = stderr.trim().split("\n");
    const how = exitCode === null ? `was ended by ${ended ?? "a signal"}` : `ended with ${exitCode}`;
    return `${program} ${how}${said ? `: ${said}` : ""}`;
  } catch (error) {
    return `${program} could not be run: ${reasonOf(error)}`;
  }
}

function environmentOf({ node, action, by, why, result, how }: HookFacts): Readonly<Record<string, string>> {
  return {
    SYSTOLE_FENCE_NODE: node,
    SYSTOLE_FENCE_ACTION: action,
    SYSTOLE_FENCE_BY: by,
    SYSTOLE_FENCE_WHY: why,
    ...(result !== undefined && { SYSTOLE_FENCE_RESULT: result }),
    ...(how !== undefined && { SYSTOLE_FENCE_HOW: how }),
  };
}
