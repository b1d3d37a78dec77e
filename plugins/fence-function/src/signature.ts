// Signatures of a call and of its answer: HMAC-SHA256 over everything that either side acts on. WebCrypto, so that the same
// code runs on a daemon and in a function.

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

export interface SignedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly date: string;
  readonly body: string;
}

export interface SignedAnswer {
  /** Of the call that it answers. */
  readonly id: string;
  readonly status: number;
  readonly body: string;
}

/** The first word keeps an answer from being taken for a request. */
function textOf(what: SignedRequest | SignedAnswer): string {
  return "method" in what
    ? ["systole-fence-request-1", what.method, what.path, what.date, what.body].join("\n")
    : ["systole-fence-answer-1", what.id, String(what.status), what.body].join("\n");
}

/** Hexadecimal, lower-case. */
export async function sign(key: string, what: SignedRequest | SignedAnswer): Promise<string> {
  const signature = await crypto.subtle.sign(ALGORITHM, await imported(key), encoder.encode(textOf(what)));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes as long for a wrong signature as for a right one. */
export async function isSigned(
  key: string,
  what: SignedRequest | SignedAnswer,
  signature: string | null,
): Promise<boolean> {
  if (signature === null || !/^[0-9a-f]{64}$/.test(signature)) return false;
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify(ALGORITHM, await imported(key), bytes, encoder.encode(textOf(what)));
}

function imported(key: string) {
  return crypto.subtle.importKey("raw", encoder.encode(key), ALGORITHM, false, ["sign", "verify"]);
}
