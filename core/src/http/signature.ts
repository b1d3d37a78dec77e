// Signatures of a call and of its answer: HMAC-SHA256 over everything that either side acts on. WebCrypto, so that the same
// code runs on a daemon and in a function.

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** A call as it is signed. */
export interface SignedCall {
  /** What the call is for, e.g. `fence`: a call for one purpose is none for another, whatever the key. */
  readonly purpose: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Name of the key that signs. */
  readonly keyName: string;
  /** Of the call: whoever repeats it repeats the id. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly body: string;
}

/** An answer as it is signed. */
export interface SignedAnswer {
  readonly purpose: string;
  /** Of the call that it answers. */
  readonly id: string;
  readonly status: number;
  /** The function's clock, ISO 8601, UTC. */
  readonly date: string;
  readonly body: string;
}

/** The first word keeps an answer from being taken for a call. */
function textOf(what: SignedCall | SignedAnswer): string {
  const { purpose, id, date, body } = what;
  return "method" in what
    ? [`systole-${purpose}-call-1`, what.method, what.path, what.keyName, id, date, body].join("\n")
    : [`systole-${purpose}-answer-1`, id, String(what.status), date, body].join("\n");
}

/** Hexadecimal, lower-case. */
export async function sign(key: string, what: SignedCall | SignedAnswer): Promise<string> {
  const signature = await crypto.subtle.sign(ALGORITHM, await imported(key), encoder.encode(textOf(what)));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes as long for a wrong signature as for a right one. */
export async function isSigned(
  key: string,
  what: SignedCall | SignedAnswer,
  signature: string | null,
): Promise<boolean> {
  if (signature === null || !/^[0-9a-f]{64}$/.test(signature)) return false;
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify(ALGORITHM, await imported(key), bytes, encoder.encode(textOf(what)));
}

function imported(key: string) {
  return crypto.subtle.importKey("raw", encoder.encode(key), ALGORITHM, false, ["sign", "verify"]);
}
