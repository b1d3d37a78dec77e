// What a contract case says when an implementation breaks it, without any test runner's assertions.

/** A contract is broken. The message says what was expected and what came. */
export class ContractBroken extends Error {
  override readonly name = "ContractBroken";
}

/** Throws `ContractBroken` with the sentence unless the condition holds. */
export function expectThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ContractBroken(sentence);
}

/** Compares JSON-like values and bytes by content. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [inWords(actual), inWords(expected)];
  expectThat(got === wanted, `${what}: expected ${wanted}, got ${got}`);
}

/** Waits for a rejection with a code; a call that resolves, or rejects otherwise, breaks the contract. */
export async function expectCode(attempt: Promise<unknown>, code: string, when: string): Promise<void> {
  const outcome = await attempt.then(
    () => "it resolved",
    (thrown: unknown) => codeOf(thrown) ?? `it rejected with ${String(thrown)}`,
  );
  expectThat(outcome === code, `${when}: expected ${code}, ${outcome}`);
}

/** Waits for a call that must end; one that does not within the time breaks the contract. Rejects as the call does. */
export async function expectSettled<Result>(
  call: Promise<Result>,
  what: string,
  withinMs = 2000,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ContractBroken(`${what} did not settle within ${withinMs} ms`)),
      withinMs,
    );
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for an answer of a port that answers what went wrong instead of throwing it; a rejection breaks the contract. */
export function expectAnswer<Result>(call: () => Promise<Result>, what: string): Promise<Result> {
  const answered = async (): Promise<Result> => {
    try {
      return await call();
    } catch (thrown) {
      throw new ContractBroken(`${what} must answer; it threw ${String(thrown)}`);
    }
  };
  return expectSettled(answered(), what);
}

function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

function inWords(value: unknown): string {
  if (value === undefined) return "undefined";
  return JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Uint8Array ? `bytes ${[...inner].map(hex).join("")}` : inner,
  );
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
