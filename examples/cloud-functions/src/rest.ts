// A provider's REST interface: asks with a token, waits when it is told to, tries again what may pass. All that these functions
// ask for is the same when it is asked for twice.
import { pause } from "./pause.js";

const MAX_TRIES = 6;
const RETRY_MS = 500;
/** Nobody waits longer for a place under a rate limit: the next try of the node finds it free, or not. */
const LONGEST_WAIT_MS = 30_000;
/** Too many requests; locked or changed by something else just now; the provider's own trouble. */
const PASSING: ReadonlySet<number> = new Set([409, 423, 429, 500, 502, 503, 504]);

export interface RestInit {
  readonly base: string;
  readonly token: string;
  /** The provider's own words, from the body of a refusal. */
  readonly refusal: (body: unknown) => string | undefined;
}

export class Rest {
  constructor(private readonly init: RestInit) {}

  /** The answer's JSON. Throws what the provider says, or that it says nothing. */
  async ask<Answer>(method: string, path: string, signal: AbortSignal, body?: object): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const got = await this.#once(method, path, signal, body);
      if (got.ok) return got.answer as Answer;
      if (!got.passes || tries >= MAX_TRIES || signal.aborted) throw new Error(got.reason);
      await pause(got.waitMs, signal);
    }
  }

  async #once(method: string, path: string, signal: AbortSignal, body?: object) {
    const { base, token, refusal } = this.init;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers,
        signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.ok && answer !== undefined) return { ok: true, answer } as const;
      const passes = PASSING.has(response.status);
      const reason = `${method} ${path}: HTTP ${response.status}: ${refusal(answer) ?? "no reason given"}`;
      return { ok: false, passes, reason, waitMs: waitOf(response) } as const;
    } catch (cause) {
      return {
        ok: false,
        passes: true,
        reason: `${method} ${path}: ${String(cause)}`,
        waitMs: RETRY_MS,
      } as const;
    }
  }
}

/** As the provider asks for it: in seconds, or until a time. */
function waitOf({ headers }: Response): number {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const until = Number(headers.get("ratelimit-reset") ?? Number.NaN);
  const wantedMs = Number.isFinite(seconds)
    ? seconds * 1000
    : Number.isFinite(until)
      ? until * 1000 - Date.now()
      : RETRY_MS;
  return Math.min(Math.max(wantedMs, RETRY_MS), LONGEST_WAIT_MS);
}
