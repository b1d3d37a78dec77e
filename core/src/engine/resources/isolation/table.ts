// What a node may do when it does not hear the others: one table, read from the top; the first row that fits decides.
// docs/partitions.md prints it, and a test holds the two together.
import type { IsolationPolicy } from "../../../ports/index.js";

/** How many of the other nodes are heard, and hear this one. */
export type Sight = "all" | "some" | "none";

/** What the quorum has said. `none`: there is none to ask. `asked`: it has not answered yet. */
export type Verdict = "none" | "asked" | "granted" | "denied" | "unreachable";

export interface Situation {
  /** `returned`: it was away for longer than deadtime, and has heard nobody since. */
  readonly self: "present" | "returned";
  readonly sight: Sight;
  readonly quorum: Verdict;
  /** `lost`: on everything that it could be heard through. */
  readonly carrier: "up" | "lost";
  readonly isolation: IsolationPolicy;
}

/** May what this node holds run here? `unchanged`: as it was a moment ago. */
export type Serve = "yes" | "no" | "unchanged";
/** May it take what the nodes that it does not hear have held? */
export type Take = "yes" | "after a fence" | "no";

type Condition = { readonly [Field in keyof Situation]?: readonly Situation[Field][] };

export interface Row {
  readonly id: string;
  readonly when: Condition;
  readonly serve: Serve;
  readonly take: Take;
  /** For people, about this node. */
  readonly why: string;
}

const ALONE: Condition = { sight: ["none"] };

export const ROWS: readonly Row[] = [
  {
    id: "returned",
    when: { ...ALONE, self: ["returned"] },
    serve: "no",
    take: "no",
    why: "this node was away for longer than deadtime, and serves nothing before it has heard the others or waited for them",
  },
  {
    id: "in-company",
    when: { sight: ["all"] },
    serve: "yes",
    take: "yes",
    why: "every other node is heard, so nobody else has a say",
  },
  {
    id: "outvoted",
    when: { sight: ["some"], quorum: ["denied"] },
    serve: "no",
    take: "no",
    why: "some nodes are not heard, and the quorum is not with those that are",
  },
  {
    id: "in-part-asked",
    when: { sight: ["some"], quorum: ["asked"] },
    serve: "unchanged",
    take: "no",
    why: "some nodes are not heard, and the quorum has not answered yet",
  },
  {
    id: "in-part-released",
    when: { sight: ["some"], quorum: ["unreachable"], isolation: ["release"] },
    serve: "no",
    take: "no",
    why: "some nodes are not heard, and no quorum can be reached: another node may serve, so this one does not",
  },
  {
    id: "in-part-fencing",
    when: { sight: ["some"], quorum: ["unreachable"], isolation: ["fence"] },
    serve: "yes",
    take: "after a fence",
    why: "some nodes are not heard: they are fenced before anything is taken from them",
  },
  {
    id: "in-part",
    when: { sight: ["some"] },
    serve: "yes",
    take: "yes",
    why: "another node is heard",
  },
  {
    id: "denied",
    when: { ...ALONE, quorum: ["denied"] },
    serve: "no",
    take: "no",
    why: "no other node is heard, and the quorum is not with this one",
  },
  {
    id: "granted-fence",
    when: { ...ALONE, quorum: ["granted"], isolation: ["fence"] },
    serve: "yes",
    take: "after a fence",
    why: "no other node is heard; the quorum is with this one, and the others are fenced before anything is taken from them",
  },
  {
    id: "granted",
    when: { ...ALONE, quorum: ["granted"] },
    serve: "yes",
    take: "yes",
    why: "no other node is heard, and the quorum is with this one",
  },
  {
    id: "cut-off",
    when: { ...ALONE, carrier: ["lost"], isolation: ["release"] },
    serve: "no",
    take: "no",
    why: "this node is cut off: nothing that it could be heard through has carrier",
  },
  {
    id: "cut-off-held",
    when: { ...ALONE, carrier: ["lost"] },
    serve: "yes",
    take: "no",
    why: "this node is cut off: nothing that it could be heard through has carrier, so it accuses nobody and keeps what it has",
  },
  {
    id: "asked",
    when: { ...ALONE, quorum: ["asked"] },
    serve: "unchanged",
    take: "no",
    why: "no other node is heard, and the quorum has not answered yet",
  },
  {
    id: "released",
    when: { ...ALONE, isolation: ["release"] },
    serve: "no",
    take: "no",
    why: "no other node is heard, and no quorum can be reached: another node may serve, so this one does not",
  },
  {
    id: "fencing",
    when: { ...ALONE, isolation: ["fence"] },
    serve: "yes",
    take: "after a fence",
    why: "no other node is heard: they are fenced before anything is taken from them",
  },
  {
    id: "held",
    when: ALONE,
    serve: "yes",
    take: "yes",
    why: "no other node is heard, and isolation says hold: this node serves, and another may do so too",
  },
];

/** The row that decides. */
export function rowFor(situation: Situation): Row {
  const row = ROWS.find(({ when }) => fits(when, situation));
  if (row === undefined) throw new Error("the table of isolation has a hole");
  return row;
}

function fits(when: Condition, situation: Situation): boolean {
  return Object.entries(when).every(([field, allowed]) =>
    (allowed as readonly string[]).includes(situation[field as keyof Situation]),
  );
}
