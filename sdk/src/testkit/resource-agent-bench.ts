// The bench on which the contract of an agent is run: what a subject is, and the questions that every case asks.
import type { OperationResult, ResourceAgent, ResourceSpec, ResourceState } from "@systole/core/ports";

/** What one case gets: a fresh agent and a resource that is not running. The caller cleans up after each case. */
export interface ResourceAgentSubject {
  readonly agent: ResourceAgent;
  /** Can be started on this node. */
  readonly resource: ResourceSpec;
  /** Cannot be started on this node: its program is missing, its configuration is broken. */
  readonly broken?: ResourceSpec;
  /** Ends the service behind the agent's back. */
  readonly crash?: () => Promise<void>;
  /** Looks whether the service works, without asking the agent. */
  readonly probe?: () => Promise<boolean>;
}

export type ResourceAgentNeed = "announce" | "warm" | "elsewhere" | "broken" | "crash" | "probe";

/** What a subject offers: by what it has, and for `announce` by what the agent says that it supports. */
export function resourceAgentOffers({
  agent,
  broken,
  crash,
  probe,
}: ResourceAgentSubject): readonly ResourceAgentNeed[] {
  return [
    ...(agent.supports.announce ? ["announce" as const] : []),
    ...(agent.supports.warm === true ? ["warm" as const] : []),
    ...(agent.supports.elsewhere === true ? ["elsewhere" as const] : []),
    ...(broken === undefined ? [] : ["broken" as const]),
    ...(crash === undefined ? [] : ["crash" as const]),
    ...(probe === undefined ? [] : ["probe" as const]),
  ];
}

/** A signal that never aborts. */
export const live = (): AbortSignal => new AbortController().signal;

export function demand(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

export function inWords(result: OperationResult): string {
  return result.ok ? `ok, ${result.state}` : `${result.kind}: ${result.reason}`;
}

export function demandState(result: OperationResult, state: ResourceState, when: string): void {
  demand(
    result.ok && result.state === state,
    `${when} must answer ok, ${state}; it answered ${inWords(result)}`,
  );
}

export function demandFailure(result: OperationResult, kinds: readonly string[], when: string): void {
  const fits = !result.ok && kinds.includes(result.kind);
  demand(fits, `${when} must answer ${kinds.join(" or ")}; it answered ${inWords(result)}`);
  demand(result.reason.trim() !== "", `${when} must give a reason`);
}

export async function start({ agent, resource }: ResourceAgentSubject, when = "start"): Promise<void> {
  demandState(await agent.start(resource, live()), "running", when);
}

export async function stop({ agent, resource }: ResourceAgentSubject, when = "stop"): Promise<void> {
  demandState(await agent.stop(resource, live()), "stopped", when);
}

export async function status(
  { agent, resource }: ResourceAgentSubject,
  state: ResourceState,
  when: string,
): Promise<void> {
  demandState(await agent.status(resource, live()), state, when);
}

export async function demandTimeout(operation: () => Promise<OperationResult>, name: string): Promise<void> {
  let result: OperationResult;
  try {
    result = await operation();
  } catch (cause) {
    throw new Error(`an aborted ${name} must answer timeout; it threw ${String(cause)}`, { cause });
  }
  demandFailure(result, ["timeout"], `an aborted ${name}`);
}
