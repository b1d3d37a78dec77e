// A contract on trial: an implementation that it must pass, and some that are wrong on purpose, with the cases that must
// catch each. A case that catches nobody has no right to be there.
import { runContract, type Contract, type SubjectSource } from "../contract.js";

export interface WrongSubject<Subject> {
  /** What is wrong with it, as the rest of a sentence that begins with "one that". */
  readonly name: string;
  readonly source: SubjectSource<Subject>;
  /** Cases that must fail for it; others may fail too. */
  readonly caughtBy: readonly string[];
}

export interface ContractTrial<Subject> {
  /** Offers everything that a case can need, and breaks nothing. */
  readonly right: SubjectSource<Subject>;
  readonly wrong: readonly WrongSubject<Subject>[];
}

/** Cases that did not pass a subject, each with its reason. */
export async function notPassed<Subject>(
  contract: Contract<Subject>,
  source: SubjectSource<Subject>,
): Promise<readonly string[]> {
  const results = await runContract(contract, source);
  return results.flatMap(({ id, outcome, reason }) =>
    outcome === "passed" ? [] : [`${id}: ${outcome}, ${reason}`],
  );
}

/** Of the cases that must catch a wrong subject, those that let it pass. */
export async function fooled<Subject>(
  contract: Contract<Subject>,
  { source, caughtBy }: WrongSubject<Subject>,
): Promise<readonly string[]> {
  const cases = caughtBy.map(
    (id) =>
      contract.cases.find((one) => one.id === id) ?? { id, name: "missing", run: async () => undefined },
  );
  const results = await runContract({ ...contract, cases }, source);
  return results.flatMap(({ id, outcome }) => (outcome === "failed" ? [] : [id]));
}

/** Cases of a contract that no wrong subject is caught by. */
export function idleCases<Subject>(
  contract: Contract<Subject>,
  wrong: readonly WrongSubject<Subject>[],
): readonly string[] {
  const caught = new Set(wrong.flatMap(({ caughtBy }) => caughtBy));
  return contract.cases.map(({ id }) => id).filter((id) => !caught.has(id));
}
