// What is done about other hosts that claim an address which this node holds. Pure: moments in, decisions out.
import { ADDRESS_LIMITS } from "./limits.js";

/** One contest for one address: from the first claim until nobody has claimed it for a while. */
export interface Contest {
  readonly lastClaimMs: number;
  readonly claims: number;
  readonly toldMs?: number;
  readonly answers: number;
  /** When the last answer was given, or is due. */
  readonly answerMs?: number;
}

export interface ClaimVerdict {
  readonly contest: Contest;
  /** Worth an event: the first claim, and then one now and then. */
  readonly tell: boolean;
  /** When the network is to be told again who has the address, if it is still held then. */
  readonly answerAtMs?: number;
  /** That answer is one announcement, not a series. */
  readonly once?: boolean;
}

export function judgeClaim(before: Contest | undefined, nowMs: number): ClaimVerdict {
  const { contestOverMs, answerClaimAfterMs, answerClaimEveryMs, claimSeries } = ADDRESS_LIMITS;
  const known = before !== undefined && nowMs - before.lastClaimMs < contestOverMs ? before : undefined;
  const { claims = 0, answers = 0, toldMs = -Infinity, answerMs = -Infinity } = known ?? {};
  const tell = nowMs - toldMs >= answerClaimEveryMs;
  const isDue = answerMs > nowMs;
  const answerAtMs = isDue ? undefined : Math.max(nowMs + answerClaimAfterMs, answerMs + answerClaimEveryMs);
  return {
    contest: {
      lastClaimMs: nowMs,
      claims: claims + 1,
      toldMs: tell ? nowMs : toldMs,
      answers: answerAtMs === undefined ? answers : answers + 1,
      answerMs: answerAtMs ?? answerMs,
    },
    tell,
    ...(answerAtMs !== undefined && { answerAtMs, once: answers >= claimSeries }),
  };
}
