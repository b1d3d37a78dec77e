// A port's contract is data: a list of cases that any test runner, or none, can hold an implementation against.

export interface ContractCase<Subject> {
  /** Stable, for lists of what is known to fail. */
  readonly id: string;
  /** Says what an implementation does, as a sentence without its subject. */
  readonly name: string;
  /** What the subject must offer, else the case says nothing about it. */
  readonly needs?: string | readonly string[];
  /** Rejects when the implementation breaks the contract. */
  run(subject: Subject): Promise<void>;
}

/** All that a port promises. `contractFor` has one for each port that plugins implement. */
export interface Contract<Subject> {
  /** The port's name, e.g. `transport`. */
  readonly port: string;
  /** The port's contract number, e.g. 1 of `transport@1`. */
  readonly version: number;
  readonly cases: readonly ContractCase<Subject>[];
  /** What a subject offers, by the names that cases need: read from `supports` and from the optional parts of the subject. */
  offers(subject: Subject): readonly string[];
}

/** Where the subjects of a contract come from: one of its own for each case. */
export interface SubjectSource<Subject> {
  /** A fresh implementation in a fresh environment. */
  open(): Promise<Subject> | Subject;
  /** Releases what `open` opened; called after each case, also after one that failed. */
  close?(subject: Subject): Promise<void> | void;
  /** A case that takes longer has failed. Default 10 000. */
  readonly timeoutMs?: number;
  /** Why this machine cannot run the contract ("needs root"); undefined when it can. */
  unavailable?(): string | undefined;
}

export type CaseOutcome = "passed" | "failed" | "not-applicable";

export interface CaseResult {
  readonly id: string;
  readonly name: string;
  readonly outcome: CaseOutcome;
  /** Why it failed, or what it needs. */
  readonly reason?: string;
  readonly elapsedMs: number;
}

/** How long to wait for `close` after a case. */
const CLOSE_TIMEOUT_MS = 10_000;

/** True when all that the case needs is among what is offered. */
export function caseApplies(
  contractCase: Pick<ContractCase<never>, "needs">,
  offers: readonly string[],
): boolean {
  return missing(contractCase, offers).length === 0;
}

/** Runs every case on a subject of its own, one after the other. Never rejects: what goes wrong is a result. */
export async function runContract<Subject>(
  contract: Contract<Subject>,
  source: SubjectSource<Subject>,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const contractCase of contract.cases) results.push(await runCase(contract, contractCase, source));
  return results;
}

/** Runs one case on a subject of its own, for runners that show each case as a test. Never rejects. */
export async function runCase<Subject>(
  contract: Contract<Subject>,
  contractCase: ContractCase<Subject>,
  source: SubjectSource<Subject>,
): Promise<CaseResult> {
  const { id, name } = contractCase;
  const begunMs = performance.now();
  const unavailable = source.unavailable?.();
  const outcome: Pick<CaseResult, "outcome" | "reason"> =
    unavailable === undefined
      ? await judge(contract, contractCase, source)
      : { outcome: "not-applicable", reason: unavailable };
  return { id, name, ...outcome, elapsedMs: performance.now() - begunMs };
}

async function judge<Subject>(
  contract: Contract<Subject>,
  contractCase: ContractCase<Subject>,
  source: SubjectSource<Subject>,
): Promise<Pick<CaseResult, "outcome" | "reason">> {
  const timeoutMs = source.timeoutMs ?? 10_000;
  try {
    const subject = await within(timeoutMs, "opening a subject", async () => source.open());
    try {
      const needs = missing(contractCase, contract.offers(subject));
      if (needs.length > 0) return { outcome: "not-applicable", reason: `needs ${needs.join(", ")}` };
      await within(timeoutMs, "the case", () => contractCase.run(subject));
    } finally {
      await within(CLOSE_TIMEOUT_MS, "closing the subject", async () => source.close?.(subject));
    }
    return { outcome: "passed" };
  } catch (thrown) {
    return { outcome: "failed", reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function missing(
  { needs = [] }: Pick<ContractCase<never>, "needs">,
  offers: readonly string[],
): readonly string[] {
  const needed = typeof needs === "string" ? [needs] : needs;
  return needed.filter((need) => !offers.includes(need));
}

async function within<Result>(timeoutMs: number, what: string, work: () => Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
