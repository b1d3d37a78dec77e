// The other end of a signed call, for whatever runs `fetch(Request)`: lets through what is signed, dated and new, and signs what
// is answered.
import { CallsInMemory, type AnsweredCalls } from "./answered-calls.js";
import { DATE_HEADER, ID_HEADER, KEY_HEADER, SIGNATURE_HEADER, STATUS } from "./headers.js";
import {
  DATE_WINDOW_MS,
  MAX_BODY_BYTES,
  MAX_KEY_NAME_CHARACTERS,
  MAX_REASON_CHARACTERS,
  MIN_KEY_CHARACTERS,
} from "./limits.js";
import { readBody } from "./read-body.js";
import { isSigned, sign } from "./signature.js";

/** A call that is signed, dated, and not yet answered. */
export interface ReceivedCall {
  /** Name of the key that has signed it, e.g. of a cluster. */
  readonly keyName: string;
  readonly id: string;
  /** As the caller has dated it, milliseconds since 1970. */
  readonly dateMs: number;
  readonly body: string;
  /** Aborts when the caller has gone, where the host notices. */
  readonly signal: AbortSignal;
}

/** Throw it for a call that makes no sense: it is answered with the message, and not repeated. */
export class RefusedCall extends Error {}

/** Throw it for a call that wanted its answer by now: the caller is told the time, and puts the call again if it still wants it. */
export class LateCall extends Error {
  /** `fromMs`: a date that is earlier will not do either, whatever the time is; milliseconds since 1970. */
  constructor(
    message?: string,
    readonly fromMs = 0,
  ) {
    super(message);
  }
}

export interface SignedHandlerInit {
  /** As the caller's, e.g. `fence`. */
  readonly purpose: string;
  /** The key of that name, at least 32 characters; undefined when there is none. A shorter one lets nobody in. */
  keyOf(keyName: string): string | undefined | Promise<string | undefined>;
  /**
   * Does what is asked, and returns the body of the answer. Anything thrown but a `RefusedCall` is answered with 500, and the
   * call is put again: what must not be done twice answers with its failure instead.
   */
  answer(call: ReceivedCall): Promise<string>;
  /**
   * Remembers what was answered. Default: in memory, which is enough where one instance runs. `false`: nothing is remembered;
   * only for calls that change nothing, or whose answer may not be an old one.
   */
  readonly calls?: AnsweredCalls | false;
  /** Whether a call is one that is remembered. Default: all are. */
  readonly isRemembered?: (call: ReceivedCall) => boolean;
  /** How far the date of a call may be from this clock; default five minutes. */
  readonly dateWindowMs?: number;
  /** Milliseconds since 1970. */
  readonly nowMs?: () => number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Takes the place of the key of a caller whom nobody knows, so that he waits as long as one with a wrong signature. */
const NOBODY = "0".repeat(MIN_KEY_CHARACTERS);

interface Parts extends SignedHandlerInit {
  readonly nowMs: () => number;
  readonly dateWindowMs: number;
  readonly calls: AnsweredCalls | false;
}

/** What it returns never rejects. */
export function signedHandler(init: SignedHandlerInit): (request: Request) => Promise<Response> {
  const nowMs = init.nowMs ?? Date.now;
  const { dateWindowMs = DATE_WINDOW_MS, calls = new CallsInMemory(nowMs) } = init;
  const parts: Parts = { ...init, nowMs, dateWindowMs, calls };
  return async (request) => {
    try {
      return await handle(parts, request);
    } catch {
      // Why is the function's own affair; the caller learns that it failed, and repeats the call.
      return stranger(500, "the function has failed");
    }
  };
}

async function handle(parts: Parts, request: Request): Promise<Response> {
  const { purpose, nowMs } = parts;
  if (request.method !== "POST") return stranger(405, "POST a call");
  const body = await readBody(request);
  if (body === undefined) return stranger(413, `a call has at most ${MAX_BODY_BYTES} bytes`);
  const { pathname, search } = new URL(request.url);
  const header = (name: string): string => request.headers.get(name) ?? "";
  const [keyName, id, date] = [header(KEY_HEADER), header(ID_HEADER), header(DATE_HEADER)];
  const known = keyName.length > MAX_KEY_NAME_CHARACTERS ? undefined : await parts.keyOf(keyName);
  const key = known !== undefined && known.length >= MIN_KEY_CHARACTERS ? known : NOBODY;
  const call = { purpose, method: "POST", path: pathname + search, keyName, id, date, body };
  if (!(await isSigned(key, call, request.headers.get(SIGNATURE_HEADER))) || key === NOBODY)
    return stranger(401, "the signature is wrong");
  const reply = replies(key, purpose, id, nowMs);
  const dateMs = Date.parse(date);
  if (!UUID.test(id) || Number.isNaN(dateMs)) return reply("refused", "a call has a UUID and a date");
  if (Math.abs(dateMs - nowMs()) > parts.dateWindowMs) return reply("stale", "");
  return answered(parts, { keyName, id, dateMs, body, signal: request.signal }, reply);
}

type Reply = (kind: keyof typeof STATUS, body: string, fromMs?: number) => Promise<Response>;

async function answered(parts: Parts, call: ReceivedCall, reply: Reply): Promise<Response> {
  const calls = parts.isRemembered?.(call) === false ? false : parts.calls;
  // Ids of different callers never meet. A call can come again as long as its date is good.
  const name = `${call.keyName}/${call.id}`;
  const claimed = calls === false ? "new" : await calls.claim(name, call.dateMs + 2 * parts.dateWindowMs);
  if (claimed === "under-way") return reply("under-way", "");
  if (claimed !== "new") return reply("answered", claimed.answer);
  try {
    const answer = await parts.answer(call);
    if (calls !== false) await calls.settle(name, answer);
    return await reply("answered", answer);
  } catch (cause) {
    if (calls !== false) await calls.release(name);
    if (cause instanceof LateCall) return reply("stale", "", cause.fromMs);
    if (!(cause instanceof RefusedCall)) throw cause;
    return reply("refused", cause.message.slice(0, MAX_REASON_CHARACTERS));
  }
}

function replies(key: string, purpose: string, id: string, nowMs: () => number): Reply {
  return async (kind, body, fromMs = 0) => {
    const status = STATUS[kind];
    const date = new Date(Math.max(nowMs(), fromMs)).toISOString();
    const signature = await sign(key, { purpose, id, status, date, body });
    const headers = {
      "content-type": "application/json",
      [DATE_HEADER]: date,
      [SIGNATURE_HEADER]: signature,
    };
    return new Response(body, { status, headers });
  };
}

/** To whom it may concern: not signed, since nobody has shown that he may ask. */
function stranger(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
