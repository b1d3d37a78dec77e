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
