// Who counts, when that may change: pure. Nodes agree on a new electorate in two steps, so that of two sides which have no node in
// common never both win, whatever each of them has heard of it. docs/quorum.md says why.
import { MAX_OPEN } from "./limits.js";
import { countVotes, sameVotes, type TieBreaker, type Votes } from "./votes.js";

export interface Electorate {
  /** Grows with each attempt. */
  readonly number: number;
  readonly votes: Votes;
}

/** What a node knows, and keeps through a restart. */
export interface Ballot {
  /** All of its members had accepted it. Undefined: this node knows of none. */
  readonly settled: Electorate | undefined;
  /** Accepted since, in the order of their numbers, and perhaps by all: nobody can tell here. */
  readonly open: readonly Electorate[];
}

/** `over`: all that was known on the side that tries it. */
export interface Attempt {
  readonly electorate: Electorate;
  readonly over: Ballot;
}

/** A node that never took part, or has lost what it knew: it has no vote before it has accepted something. */
export const BLANK: Ballot = { settled: undefined, open: [] };

export function isBlank({ settled, open }: Ballot): boolean {
  return settled === undefined && open.length === 0;
}

/** The newest that is settled, and all that is open beyond it. */
export function union(ballots: Iterable<Ballot>): Ballot {
  let settled: Electorate | undefined;
  const open: Electorate[] = [];
  for (const ballot of ballots) {
    if (ballot.settled !== undefined && ballot.settled.number > (settled?.number ?? 0))
      settled = ballot.settled;
    for (const one of ballot.open) if (!open.some((other) => same(one, other))) open.push(one);
  }
  const after = settled?.number ?? 0;
  return {
    settled,
    open: open.filter(({ number }) => number > after).toSorted((a, b) => a.number - b.number),
  };
}

/** Whether `voters` win by all that may count: by what is settled, and by each attempt that may have succeeded. */
export function wins({ settled, open }: Ballot, voters: Iterable<string>, tieBreaker: TieBreaker): boolean {
  if (settled === undefined) return false;
  const side = new Set(voters);
  return [settled, ...open].every(({ votes }) => countVotes(votes, side, tieBreaker) === "won");
}

/** What a node knows after it has accepted; undefined: it must not. */
export function accept(ballot: Ballot, { electorate, over }: Attempt): Ballot | undefined {
  if (ballot.open.some((one) => same(one, electorate))) return ballot;
  const { settled, open } = ballot;
  const known = over.settled?.number ?? 0;
  const unheard = open.some((one) => one.number > known && !over.open.some((other) => same(one, other)));
  // It was not counted by something that this node has accepted.
  if (unheard || (settled?.number ?? 0) > known || electorate.number <= highest(union([ballot, over])))
    return undefined;
  const { open: others, settled: base } = union([over]);
  // Of two attempts with the same votes, one says it all.
  const next = [...others.filter(({ votes }) => !sameVotes(votes, electorate.votes)), electorate];
  return next.length > MAX_OPEN + 1 ? undefined : { settled: base, open: next };
}

/** A node that knows nothing does not learn from words: it may have forgotten what it had accepted. */
export function learn(ballot: Ballot, settled: Electorate | undefined): Ballot {
  if (settled === undefined || settled.number <= (ballot.settled?.number ?? 0)) return ballot;
  if (ballot.settled === undefined && !ballot.open.some((one) => same(one, settled))) return ballot;
  return { settled, open: ballot.open.filter(({ number }) => number > settled.number) };
}

/** What to try on this side: anew, or again what has not come to its end. */
export function attemptOf(votes: Votes, known: Ballot): Attempt {
  const last = known.open.at(-1);
  if (last !== undefined && sameVotes(last.votes, votes))
    return { electorate: last, over: { ...known, open: known.open.slice(0, -1) } };
  return { electorate: { number: highest(known) + 1, votes }, over: known };
}

export function highest({ settled, open }: Ballot): number {
  return Math.max(settled?.number ?? 0, ...open.map(({ number }) => number));
}

export function same(one: Electorate, other: Electorate): boolean {
  return one.number === other.number && sameVotes(one.votes, other.votes);
}
