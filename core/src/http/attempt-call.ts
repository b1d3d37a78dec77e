// One attempt of a signed call. Only an answer that is signed, and is the answer to this very call, counts as one.
import { DATE_HEADER, ID_HEADER, KEY_HEADER, kindOf, SIGNATURE_HEADER } from "./headers.js";
import { MAX_BODY_BYTES } from "./limits.js";
import { readBody } from "./read-body.js";
import { isSigned, sign } from "./signature.js";

export interface Call {
  readonly url: string;
  /** At least 32 characters, the same as the function has under `keyName`. */
  readonly key: string;
  readonly keyName: string;
  /** As the function's. */
  readonly purpose: string;
  /** Of this call: whoever repeats it repeats the id. A UUID. */
  readonly id: string;
  /** Milliseconds since 1970, by the function's clock as far as it is known. */
  readonly dateMs: number;
  readonly body: string;
}

export type Attempt =
  /** `atMs`: the function's clock, milliseconds since 1970. */
  | { readonly kind: "answered" | "refused"; readonly body: string; readonly atMs: number }
  | { readonly kind: "under-way" | "stale"; readonly atMs: number }
  /** `again`: another attempt may fare better. */
  | { readonly kind: "failed"; readonly again: boolean; readonly reason: string };

/** Said by what stands between a node and a function, when the function is not there at the moment. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Never rejects. Redirects are not followed. */
export async function attemptCall(call: Call, signal: AbortSignal): Promise<Attempt> {
  const { url, key, keyName, purpose, id, body } = call;
  try {
    const { pathname, search } = new URL(url);
    // Whoever answered last may have said a date that is none any more with ours added.
    const date = new Date(call.dateMs).toISOString();
    const path = pathname + search;
    const signature = await sign(key, { purpose, method: "POST", path, keyName, id, date, body });
    const headers = {
      "content-type": "application/json",
      [KEY_HEADER]: keyName,
      [ID_HEADER]: id,
      [DATE_HEADER]: date,
      [SIGNATURE_HEADER]: signature,
    };
    return await judged(
      call,
      await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" }),
    );
  } catch (cause) {
    return { kind: "failed", again: true, reason: `no answer: ${causeOf(cause)}` };
  }
}

async function judged({ key, purpose, id }: Call, response: Response): Promise<Attempt> {
  const { status, headers } = response;
  const body = await readBody(response);
  const date = headers.get(DATE_HEADER) ?? "";
  const kind = kindOf(status);
  if (body === undefined) return failed(`its answer has more than ${MAX_BODY_BYTES} bytes`);
  const signature = headers.get(SIGNATURE_HEADER);
  if (kind === undefined || (signature === null && kind !== "answered"))
    return failed(`it answers with HTTP ${status}${hint(status)}`, PASSING.has(status));
  if (!(await isSigned(key, { purpose, id, status, date, body }, signature)))
    return failed("its answer is not signed with our key for this call");
  const atMs = Date.parse(date);
  if (Number.isNaN(atMs)) return failed("its answer has no date");
  return kind === "answered" || kind === "refused" ? { kind, body, atMs } : { kind, atMs };
}

function failed(reason: string, again = false): Attempt {
  return { kind: "failed", again, reason };
}

function hint(status: number): string {
  return status === 401 ? ": has it the same key as this node?" : "";
}

/** `fetch` hides the reason behind "fetch failed". */
function causeOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
