/** A witness as a Cloudflare Worker: this module is the whole Worker. @packageDocumentation */
import { keysFrom } from "./cluster-key.js";
import { DurableLeases, type DurableNamespace } from "./durable-leases.js";
import { witness } from "./witness.js";

export { DurableLeases, LeaseObject, type DurableNamespace, type DurableStorage } from "./durable-leases.js";

/** What wrangler.jsonc names. */
export interface WitnessEnv {
  /** A secret, at least 32 characters: `wrangler secret put SYSTOLE_WITNESS_SECRET`. */
  readonly SYSTOLE_WITNESS_SECRET: string;
  /** Durable Objects of the class `LeaseObject`. */
  readonly SYSTOLE_WITNESS_LEASES: DurableNamespace;
  /** Default one minute. */
  readonly SYSTOLE_WITNESS_LONGEST_TTL_MS?: number | string;
}

const handlers = new WeakMap<WitnessEnv, (request: Request) => Promise<Response>>();

function handlerOf(env: WitnessEnv): (request: Request) => Promise<Response> {
  const made = handlers.get(env);
  if (made !== undefined) return made;
  const longest = env.SYSTOLE_WITNESS_LONGEST_TTL_MS;
  const handler = witness({
    store: new DurableLeases(env.SYSTOLE_WITNESS_LEASES),
    keyOf: keysFrom(env.SYSTOLE_WITNESS_SECRET ?? ""),
    ...(longest !== undefined && { longestTtlMs: Number(longest) }),
  });
  handlers.set(env, handler);
  return handler;
}

const worker = {
  async fetch(request: Request, env: WitnessEnv): Promise<Response> {
    return handlerOf(env)(request);
  },
};

export default worker;
