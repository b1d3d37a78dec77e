// What `systole explain` has to say of a group or a node: where it stands, and the stories behind that. Pure: journals in, data out.
import { wallMsOf, type JournalEntry } from "../journal/entry.js";
import { entryWords } from "./entry-words.js";
import { groupNamed, knownGroups, withGroups } from "./known-groups.js";
import { moves, storiesOf, type Story, type Subject } from "./stories.js";

export interface Question {
  /** A group, one of its resources, or a node. */
  readonly name: string;
  /** As it was then; absent: now. */
  readonly atMs?: number;
  /** Every story that ended since then; absent: the last one. */
  readonly sinceMs?: number;
}

export interface Explanation {
  readonly subject: Subject;
  /** A sentence; undefined: the journals do not say. */
  readonly stands: string | undefined;
  readonly stories: readonly Story[];
  /** Nodes whose journals were read, and nodes that there are besides. */
  readonly seenBy: readonly string[];
  readonly notAsked: readonly string[];
}

/** Undefined: no journal knows the name. `journals`: each in its own order. */
export function explain(
  journals: readonly (readonly JournalEntry[])[],
  question: Question,
): Explanation | undefined {
  const all = journals.length === 1 ? (journals[0] ?? []) : inTime(journals);
  const groups = knownGroups(all);
  const seenBy = [...new Set(all.map(({ node }) => node))];
  const nodes = nodesOf(all);
  const subject = subjectOf(question.name, groups, nodes);
  if (subject === undefined) return undefined;
  const { atMs = Number.POSITIVE_INFINITY, sinceMs } = question;
  const until = withGroups(all, groups).filter((entry) => wallMsOf(entry) <= atMs);
  const stories = storiesOf(until, subject);
  const told =
    sinceMs === undefined
      ? [stories.findLast(moves) ?? stories.at(-1)].filter((story) => story !== undefined)
      : stories.filter(({ endedMs }) => endedMs >= sinceMs);
  return {
    subject,
    stands: standing(until, subject),
    stories: told,
    seenBy,
    notAsked: configuredNodes(all).filter((node) => !seenBy.includes(node)),
  };
}

/** Every name that can be asked for. */
export function knownNames(journals: readonly (readonly JournalEntry[])[]): readonly string[] {
  const all = journals.flat();
  return [...knownGroups(all).keys(), ...nodesOf(all)];
}

function inTime(journals: readonly (readonly JournalEntry[])[]): readonly JournalEntry[] {
  // A stable sort: what one node says of the same moment stays in its order.
  return journals.flat().toSorted((one, other) => wallMsOf(one) - wallMsOf(other));
}

function configuredNodes(entries: readonly JournalEntry[]): readonly string[] {
  const all = entries.flatMap(({ name, fields }) => {
    const { nodes } = fields;
    return name === "daemon.configured" && Array.isArray(nodes) ? nodes.map(String) : [];
  });
  return [...new Set(all)];
}

/** Those of the configuration, those that have joined, and ping nodes. */
function nodesOf(entries: readonly JournalEntry[]): readonly string[] {
  const seen = entries.flatMap(({ name, fields }) =>
    name === "node.changed" && typeof fields["node"] === "string" ? [fields["node"]] : [],
  );
  return [...new Set([...configuredNodes(entries), ...seen])];
}

function subjectOf(
  name: string,
  groups: ReturnType<typeof knownGroups>,
  nodes: readonly string[],
): Subject | undefined {
  if (groups.has(name)) return { kind: "group", key: name };
  if (nodes.includes(name)) return { kind: "node", name };
  const group = groupNamed(groups, name);
  return group === undefined ? undefined : { kind: "group", key: group.key };
}

function standing(entries: readonly JournalEntry[], subject: Subject): string | undefined {
  if (subject.kind === "group") {
    const seen = entries.findLast(
      ({ name, fields }) => name === "group.seen" && fields["group"] === subject.key,
    );
    if (seen === undefined) return undefined;
    const { owner, state, why } = seen.fields;
    const place = typeof owner === "string" ? `${String(state)} on ${owner}` : "with nobody";
    return `${subject.key} is ${place}: ${String(why)}`;
  }
  const last = entries.findLast(
    ({ name, fields }) => name === "node.changed" && fields["node"] === subject.name,
  );
  return last === undefined ? undefined : `${last.node} ${entryWords(last)}`;
}
