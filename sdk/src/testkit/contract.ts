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

export type CaseOutcome = "passed" | "failed" | "not-applicable";

export interface CaseResult {
  readonly id: string;
  readonly name: string;
  readonly outcome: CaseOutcome;
  /** Why it failed, or what it needs. */
  readonly reason?: string;
  readonly elapsedMs: number;
}

export interface ContractOptions<Subject> {
  /** What the subject offers, by the names that cases need. */
  readonly offers?: readonly string[];
  /** A case that takes longer has failed. Default 10 000. */
  readonly timeoutMs?: number;
  /** Called after each case, also after one that failed. */
  readonly close?: (subject: Subject) => Promise<void> | void;
}

/** True when the subject offers all that the case needs. */
export function caseApplies(
  contractCase: Pick<ContractCase<never>, "needs">,
  offers: readonly string[],
): boolean {
  return neededBy(contractCase).every((need) => offers.includes(need));
}

/** Runs every case on a subject of its own, one after the other. Never rejects: what goes wrong is a result. */
export async function runContract<Subject>(
  cases: readonly ContractCase<Subject>[],
  open: () => Promise<Subject> | Subject,
  options: ContractOptions<Subject> = {},
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const contractCase of cases) {
    const { id, name } = contractCase;
    const begunMs = performance.now();
    const outcome: Pick<CaseResult, "outcome" | "reason"> = caseApplies(contractCase, options.offers ?? [])
      ? await runCase(contractCase, open, options)
      : { outcome: "not-applicable", reason: `needs ${neededBy(contractCase).join(", ")}` };
    results.push({ id, name, ...outcome, elapsedMs: performance.now() - begunMs });
  }
  return results;
}

function neededBy({ needs }: Pick<ContractCase<never>, "needs">): readonly string[] {
  return typeof needs === "string" ? [needs] : (needs ?? []);
}

async function runCase<Subject>(
  contractCase: ContractCase<Subject>,
  open: () => Promise<Subject> | Subject,
  options: ContractOptions<Subject>,
): Promise<Pick<CaseResult, "outcome" | "reason">> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  try {
    await within(timeoutMs, async () => {
      const subject = await open();
      try {
        await contractCase.run(subject);
      } finally {
        await options.close?.(subject);
      }
    });
    return { outcome: "passed" };
  } catch (thrown) {
    return { outcome: "failed", reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function within(timeoutMs: number, work: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
