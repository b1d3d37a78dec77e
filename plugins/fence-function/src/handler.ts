/** The other end: a function that fences on behalf of a cluster, for whatever runs `fetch(Request)`. @packageDocumentation */
import { CallsInMemory, type AnsweredCalls } from "./answered-calls.js";
import { DATE_WINDOW_MS, MIN_KEY_CHARACTERS } from "./limits.js";
import {
  DATE_HEADER,
  parseCall,
  shortReason,
  SIGNATURE_HEADER,
  STATUS_OF,
  type FenceAnswer,
  type FenceCall,
} from "./protocol.js";
import { readBody } from "./read-body.js";
import { isSigned, sign } from "./signature.js";

export { CallsInMemory, type AnsweredCalls } from "./answered-calls.js";
export { asLambda, type LambdaAnswer, type LambdaEvent } from "./lambda.js";

/** The machines that a function has power over: yours to write. */
export interface Machines {
  knows(node: string, cluster: string): boolean | Promise<boolean>;
  /**
   * Resolves when it is done: for `off` and `reset` when the machine has stopped, not when it was told to. Rejects with
   * why not.
   */
  power(action: "off" | "on" | "reset", node: string, cluster: string): Promise<void>;
  state(node: string, cluster: string): Promise<"on" | "off" | "unknown">;
}

export interface FenceHandlerInit {
  /** At least 32 characters, the same as the nodes have. */
  readonly key: string;
  readonly machines: Machines;
  /** Default: in memory, which is enough where one instance runs. */
  readonly calls?: AnsweredCalls;
  /** Milliseconds since 1970. */
  readonly nowMs?: () => number;
}

type Parts = Required<FenceHandlerInit>;

/** Throws an `Error` when the key is too short. What it returns never rejects. */
export function fenceHandler(init: FenceHandlerInit): (request: Request) => Promise<Response> {
  if (init.key.length < MIN_KEY_CHARACTERS)
    throw new Error(`the key must have at least ${MIN_KEY_CHARACTERS} characters`);
  const nowMs = init.nowMs ?? Date.now;
  const parts: Parts = { ...init, nowMs, calls: init.calls ?? new CallsInMemory(nowMs) };
  return async (request) => {
    try {
      return await handle(parts, request);
    } catch {
      // Why is the function's own affair; the node learns that it failed, and repeats the call.
      return refusal(500, "the function has failed");
    }
  };
}

async function handle(parts: Parts, request: Request): Promise<Response> {
  const { key, nowMs } = parts;
  if (request.method !== "POST") return refusal(405, "POST a call");
  const body = await readBody(request);
  if (body === undefined) return refusal(413, "the call is too long");
  const { pathname, search } = new URL(request.url);
  const date = request.headers.get(DATE_HEADER) ?? "";
  const signed = { method: "POST", path: pathname + search, date, body };
  if (!(await isSigned(key, signed, request.headers.get(SIGNATURE_HEADER))))
    return refusal(401, "the signature is wrong");
  const call = parseCall(body);
  if (call === undefined || call.date !== date) return refusal(400, "this is not a call");
  const lateMs = Math.abs(Date.parse(date) - nowMs());
  if (lateMs > DATE_WINDOW_MS)
    return answer(key, { ...named(call), result: "stale", date: new Date(nowMs()).toISOString() });
  return answer(key, await obey(parts, call));
}

async function obey(parts: Parts, call: FenceCall): Promise<FenceAnswer> {
  const { machines, calls } = parts;
  const { action, node, cluster, id } = call;
  if (!(await machines.knows(node, cluster))) return { ...named(call), result: "unknown-node" };
  if (action === "status")
    return { ...named(call), result: "done", state: await machines.state(node, cluster) };
  // A call can come again as long as its date is good.
  const claimed = await calls.claim(id, Date.parse(call.date) + 2 * DATE_WINDOW_MS);
  if (claimed === "under-way") return { ...named(call), result: "under-way" };
  if (claimed !== "new") return JSON.parse(claimed.answer) as FenceAnswer;
  const given = await machines.power(action, node, cluster).then(
    (): FenceAnswer => ({ ...named(call), result: "done" }),
    (cause: unknown): FenceAnswer => ({ ...named(call), result: "failed", reason: shortReason(cause) }),
  );
  await calls.settle(id, JSON.stringify(given));
  return given;
}

function named({ id, action, node }: FenceCall): Pick<FenceAnswer, "id" | "action" | "node"> {
  return { id, action, node };
}

async function answer(key: string, given: FenceAnswer): Promise<Response> {
  const body = JSON.stringify(given);
  const status = STATUS_OF[given.result];
  const signature = await sign(key, { id: given.id, status, body });
  const headers = { "content-type": "application/json", [SIGNATURE_HEADER]: signature };
  return new Response(body, { status, headers });
}

/** To whom it may concern: not signed, since nobody has shown that he may ask. */
function refusal(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
