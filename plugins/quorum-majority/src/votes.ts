// The counting of votes: pure. Two sides that have no node in common never both win.

/** Weight by name: of those who count. */
export type Votes = ReadonlyMap<string, number>;

/** What decides when a side has exactly half: the first of these names that counts; or the lowest of all names. */
export type TieBreaker = "lowest" | readonly string[];

/** `tied`: exactly half, and nobody breaks the tie. */
export type Count = "won" | "tied" | "lost";

export function countVotes(votes: Votes, side: Iterable<string>, tieBreaker: TieBreaker): Count {
  const present = new Set(side);
  let all = 0;
  let ours = 0;
  for (const [name, weight] of votes) {
    all += weight;
    if (present.has(name)) ours += weight;
  }
  if (ours === 0 || 2 * ours < all) return "lost";
  if (2 * ours > all) return "won";
  const decides = decider(votes, tieBreaker);
  if (decides === undefined) return "tied";
  return present.has(decides) ? "won" : "lost";
}

/** The same for every side, whoever of them is there: that is what makes it safe. */
function decider(votes: Votes, tieBreaker: TieBreaker): string | undefined {
  const names = [...votes].filter(([, weight]) => weight > 0).map(([name]) => name);
  return tieBreaker === "lowest" ? lowest(names) : tieBreaker.find((name) => names.includes(name));
}

/** By code units: the same on every machine. */
export function lowest(names: readonly string[]): string | undefined {
  return names.reduce<string | undefined>(
    (least, name) => (least === undefined || name < least ? name : least),
    undefined,
  );
}

/** Each of `nodes` with its weight. */
export function votesOf(
  nodes: readonly string[],
  weights: Readonly<Record<string, number>>,
  usual: number,
): Votes {
  return new Map(
    nodes.map((name) => [name, Object.hasOwn(weights, name) ? (weights[name] ?? usual) : usual]),
  );
}

export function sameVotes(one: Votes, other: Votes): boolean {
  return one.size === other.size && [...one].every(([name, weight]) => other.get(name) === weight);
}
