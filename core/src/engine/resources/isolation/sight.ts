// Whom this node hears, strictly: only what was said lately, after the moment from which its own ears are to be trusted, and by one
// that hears this node as well.
import type { NodeView } from "../../../ports/index.js";
import type { Sight } from "./table.js";

/** When silence begins to mean something. */
export interface Patience {
  /** So long without a sign of life, and the quorum is asked, so that its answer is there in time. */
  readonly askAfterMs: number;
  /** So long before a node asks that holds nothing: where only one can be granted, whoever serves has asked before it. */
  readonly idleAskAfterMs: number;
  /** So long, and a node is not heard any more: shortly before the others call it dead, so that it lets go before they take. */
  readonly silentAfterMs: number;
}

export interface Ears {
  /** What was heard before this moment does not count. */
  readonly freshSinceMs: number;
  /** Nothing can be heard at all. */
  readonly cutOff: boolean;
}

/** Whose sight it is. */
export interface Watched {
  /** This node holds nothing. */
  readonly idle: boolean;
  /** Names of those that say that they do not hear this node. */
  readonly deaf: ReadonlySet<string>;
}

export interface Seen {
  readonly sight: Sight;
  /** Names of those of whom there is no doubt yet, and who hear this node: a quorum is asked for them and this node. */
  readonly certain: readonly string[];
  /** Those that are not heard and have not said goodbye. */
  readonly missing: readonly string[];
  /** Somebody else has been silent for long enough to ask the quorum, or does not hear this node. */
  readonly doubtful: boolean;
  /** Some ping node has answered lately; undefined: there is none. */
  readonly pinged: boolean | undefined;
  /** When this changes if nobody says anything. */
  readonly changesAtMs: number;
}

/** Time to stop what runs, before the others start it. */
const TIME_TO_STOP_MS = 500;

/**
 * Two keepalives before deadtime, or the time to stop, but never before half of the way from one keepalive to deadtime. There always
 * where a quorum decides: a node that is not heard is told so then, and has as long again to notice that it hears nobody.
 */
export function patienceOf(keepaliveMs: number, deadMs: number, quorum: boolean): Patience {
  const halfWayMs = (deadMs - keepaliveMs) / 2;
  const earlierMs = quorum ? halfWayMs : Math.min(Math.max(2 * keepaliveMs, TIME_TO_STOP_MS), halfWayMs);
  const silentAfterMs = deadMs - earlierMs;
  const askAfterMs = Math.min(silentAfterMs, Math.max(deadMs / 4, 1.5 * keepaliveMs));
  return { silentAfterMs, askAfterMs, idleAskAfterMs: silentAfterMs };
}

/** `nodes`: membership's view, this node first. */
export function look(
  nodes: readonly NodeView[],
  ears: Ears,
  patience: Patience,
  { idle, deaf }: Pick<Watched, "idle" | "deaf">,
  nowMs: number,
): Seen {
  const askAfterMs = idle ? patience.idleAskAfterMs : patience.askAfterMs;
  const [self, ...rest] = nodes;
  // Not heard since the start, and not given up yet: nothing is known of it, and this node does nothing before it knows.
  const others = rest.filter(({ kind, state }) => kind === "normal" && state !== "init");
  const pings = rest.filter(({ kind }) => kind === "ping");
  const ageOf = (node: NodeView): number => heardAgeMs(node, ears, nowMs);
  const silent = others.filter((node) => ageOf(node) >= patience.silentAfterMs);
  // With whom this node cannot speak, it cannot agree.
  const mutual = others.filter(({ name }) => !deaf.has(name));
  const heard = mutual.filter((node) => !silent.includes(node));
  const missing = silent.filter(({ state, reason }) => state !== "dead" || reason !== "stopped");
  const certain = mutual.filter((node) => ageOf(node) < askAfterMs);
  const moments = [...others, ...pings]
    .filter(({ name }) => name !== self?.name)
    .flatMap((node) => [askAfterMs, patience.silentAfterMs].map((ms) => (node.heardAtMs ?? 0) + ms))
    .filter((atMs) => atMs > nowMs);
  return {
    sight: heard.length === others.length ? "all" : heard.length === 0 ? "none" : "some",
    certain: certain.map(({ name }) => name),
    missing: missing.map(({ name }) => name),
    doubtful: certain.length < others.length,
    pinged: pings.length === 0 ? undefined : pings.some((node) => ageOf(node) < patience.silentAfterMs),
    changesAtMs: Math.min(Number.POSITIVE_INFINITY, ...moments),
  };
}

/** How long ago it was heard; Infinity when that does not count. */
function heardAgeMs({ state, heardAtMs }: NodeView, ears: Ears, nowMs: number): number {
  const lives = state === "up" || state === "active" || state === "ping";
  if (!lives || heardAtMs === undefined || ears.cutOff || heardAtMs < ears.freshSinceMs) return Infinity;
  return nowMs - heardAtMs;
}
