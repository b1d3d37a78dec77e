// One attempt of a call over HTTP. Only an answer that is signed, and is the answer to this very call, counts as one.
import { MAX_BODY_BYTES } from "./limits.js";
import {
  DATE_HEADER,
  parseAnswer,
  SIGNATURE_HEADER,
  STATUS_OF,
  type FenceAnswer,
  type FenceCall,
} from "./protocol.js";
import { readBody } from "./read-body.js";
import { isSigned, sign } from "./signature.js";

export type Attempt =
  | { readonly kind: "answered"; readonly answer: FenceAnswer }
  /** `again`: another attempt may fare better. */
  | { readonly kind: "failed"; readonly again: boolean; readonly reason: string };

/** Said by what stands between a node and a function, when the function is not there at the moment. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export async function callFunction(
  url: string,
  key: string,
  call: FenceCall,
  signal: AbortSignal,
): Promise<Attempt> {
  const { pathname, search } = new URL(url);
  const body = JSON.stringify(call);
  const signature = await sign(key, { method: "POST", path: pathname + search, date: call.date, body });
  const headers = {
    "content-type": "application/json",
    [DATE_HEADER]: call.date,
    [SIGNATURE_HEADER]: signature,
  };
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    return await judged(response, key, call);
  } catch (cause) {
    return { kind: "failed", again: true, reason: `no answer: ${causeOf(cause)}` };
  }
}

async function judged(response: Response, key: string, call: FenceCall): Promise<Attempt> {
  const { status } = response;
  const failed = (reason: string, again = false): Attempt => ({ kind: "failed", again, reason });
  const body = await readBody(response);
  if (!Object.values(STATUS_OF).includes(status))
    return failed(`it answers with HTTP ${status}${hint(status)}`, PASSING.has(status));
  if (body === undefined) return failed(`its answer has more than ${MAX_BODY_BYTES} bytes`);
  if (!(await isSigned(key, { id: call.id, status, body }, response.headers.get(SIGNATURE_HEADER))))
    return failed("its answer is not signed with our key for this call");
  const answer = parseAnswer(body);
  const isOurs = answer?.id === call.id && answer.node === call.node && answer.action === call.action;
  if (answer === undefined || !isOurs || STATUS_OF[answer.result] !== status)
    return failed("its answer makes no sense");
  return { kind: "answered", answer };
}

function hint(status: number): string {
  return status === 401 ? ": has it the same key as this node?" : "";
}

/** `fetch` hides the reason behind "fetch failed". */
function causeOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
