// `systole agents test`: a real start and stop on this machine, step by step, and whether the agent keeps its promises.
import { timeLimit } from "@systole/sdk";
import { NodeClock } from "@systole/core/node";
import type { ResourceAgent, ResourceSpec } from "@systole/core/ports";
import { contractFor, runContract, type CaseResult } from "@systole/sdk/testkit";
import { EXIT_CODES } from "../../exit-codes.js";
import { harmless, paint, type Output, type Terminal } from "../terminal.js";
import { openAgentRoom, resourceOf, type AgentRoomOptions } from "./agent-room.js";
import { wrappedText } from "../wrapped.js";
import { rehearse, type Rehearsal, type StepOutcome } from "./rehearsal.js";

export interface TryOptions extends AgentRoomOptions {
  readonly json?: boolean;
  readonly contract?: boolean;
  /** Seconds for each step. */
  readonly timeout: number;
}

interface Verdict {
  readonly resource: string;
  readonly resolvesTo: string;
  readonly keepsItsPromises: boolean;
  /** Why nothing was started. */
  readonly refused?: string;
  readonly problems: readonly string[];
  readonly steps: readonly StepOutcome[];
  readonly contract?: readonly CaseResult[];
}

/** Resolves to the exit code: 0 when every promise was kept, 1 when not, or when nothing was started. */
export async function tryAgent(
  words: readonly string[],
  options: TryOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { resolution, resource } = resourceOf(words, options);
  const out = options.json === true ? { write: () => undefined, hasColours: false } : terminal.out;
  const room = await openAgentRoom(options, resolution.agent);
  try {
    const { name } = resource;
    const { resolvesTo } = resolution;
    out.write(`${paint(out, "bold", harmless(name))}  ${harmless(resolvesTo)}\n`);
    const verdict = {
      resource: name,
      resolvesTo,
      ...(await judge(room.agent(), resource, options, out, signal)),
    };
    if (options.json === true) terminal.out.write(`${JSON.stringify(verdict, undefined, 2)}\n`);
    else out.write(conclusion(verdict, out));
    return verdict.keepsItsPromises ? EXIT_CODES.ok : EXIT_CODES.error;
  } finally {
    await room.close();
  }
}

async function judge(
  agent: ResourceAgent,
  resource: ResourceSpec,
  options: TryOptions,
  out: Output,
  signal: AbortSignal,
): Promise<Omit<Verdict, "resource" | "resolvesTo">> {
  const timeoutMs = options.timeout * 1000;
  const problems = await agent.validate(resource, timeLimit(timeoutMs, signal));
  const refused = (reason: string) => ({ keepsItsPromises: false, refused: reason, problems, steps: [] });
  if (problems.length > 0) return refused("it cannot be started here");
  const rehearsal: Rehearsal = await rehearse(
    { agent, resource, clock: new NodeClock(), timeoutMs },
    signal,
    (outcome) => out.write(row(outcome, out)),
  );
  if (!rehearsal.begun) {
    return refused(
      `it must be stopped before it is tried, so that nobody is disturbed, and ${rehearsal.reason}`,
    );
  }
  const { steps } = rehearsal;
  const kept = !signal.aborted && steps.every((outcome) => outcome.kept);
  if (options.contract !== true || !kept) return { keepsItsPromises: kept, problems, steps };
  const contract = await runContract(contractFor("resource-agent"), {
    open: () => ({ agent, resource }),
    close: async () => void (await agent.stop(resource, timeLimit(timeoutMs))),
    timeoutMs: 4 * timeoutMs,
  });
  out.write("\n");
  for (const result of contract) out.write(caseRow(result, out));
  return {
    keepsItsPromises: contract.every(({ outcome }) => outcome !== "failed"),
    problems,
    steps,
    contract,
  };
}

function row({ name, kept, expected, reason, elapsedMs }: StepOutcome, out: Output): string {
  const mark = kept ? paint(out, "green", "ok") : paint(out, "red", "NO");
  const line = `  ${mark}  ${name.padEnd(12)} ${expected.padEnd(8)} ${Math.round(elapsedMs).toString().padStart(7)} ms\n`;
  return kept ? line : line + wrappedText(`must answer ${expected}: ${reason}`, "      ");
}

function caseRow({ id, name, outcome, reason }: CaseResult, out: Output): string {
  if (outcome === "not-applicable") return "";
  const mark = outcome === "passed" ? paint(out, "green", "ok") : paint(out, "red", "NO");
  return `  ${mark}  ${id.padEnd(22)} ${name}\n${reason === undefined ? "" : wrappedText(reason, "      ")}`;
}

function conclusion({ refused, problems, keepsItsPromises, steps }: Verdict, out: Output): string {
  const listed = problems.map((problem) => wrappedText(`- ${problem}`, "  ")).join("");
  if (refused !== undefined) {
    return `${paint(out, "red", "Not tried")}: ${harmless(refused)}.\n${listed}`;
  }
  if (keepsItsPromises) return `${paint(out, "green", "The agent keeps its promises")}.\n`;
  const last = steps.at(-1);
  const left =
    last?.kept === true ? "Nothing of it is left running." : "It may still be here: look after it by hand.";
  return `${paint(out, "red", "The agent does not keep its promises")}. ${left}\n`;
}
