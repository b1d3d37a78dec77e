// From the entries of a journal to stories: what began by itself, and everything that has come of it for a group or a node.
import { wallMsOf, type JournalEntry } from "../journal/entry.js";
import { causesOf, rootsOf } from "./causes.js";
import { unservedSpans } from "./unserved.js";

export type Subject =
  | { readonly kind: "group"; readonly key: string }
  | { readonly kind: "node"; readonly name: string };

export interface Step {
  readonly entry: JournalEntry;
  /** Number of the step of this story that it came of; undefined: it began by itself. */
  readonly cause: number | undefined;
}

export interface Story {
  /** In the order of time, the root first. */
  readonly steps: readonly Step[];
  readonly beganMs: number;
  readonly endedMs: number;
  /** How long each group was not served meanwhile, as the first of the nodes saw it. */
  readonly unserved: readonly { readonly group: string; readonly ms: number }[];
}

const MOVES = /^(group\.(claimed|yielded|seen)|resource\.)/;

/** Does an entry speak of it? */
function concerns({ node, name, fields }: JournalEntry, subject: Subject): boolean {
  if (subject.kind === "group") return fields["group"] === subject.key;
  if (fields["node"] === subject.name || fields["owner"] === subject.name) return name !== "daemon.starting";
  return node === subject.name && /^(self|isolation|daemon)\./.test(name) && name !== "daemon.starting";
}

/** Of a group's story: what does not speak of another group. */
function isPart(entry: JournalEntry, subject: Subject): boolean {
  const { group } = entry.fields;
  return subject.kind === "node" || group === undefined || group === subject.key;
}

/** A node's own starts and stops say it better than its view of them. */
function isTold({ name, node, fields }: JournalEntry, isRoot: boolean): boolean {
  if (name !== "group.seen" || isRoot) return true;
  const { owner, state } = fields;
  if (owner === node || owner === null) return state === "failed";
  return state === "started" || state === "failed";
}

/** In the order in which they ended. Entries of several journals are to be in the order of time. */
export function storiesOf(entries: readonly JournalEntry[], subject: Subject): readonly Story[] {
  const causes = causesOf(entries);
  const roots = rootsOf(causes);
  const members = new Map<number, number[]>();
  for (const [at, root] of roots.entries()) {
    const together = members.get(root) ?? [];
    together.push(at);
    members.set(root, together);
  }
  const wanted = new Set(
    roots.filter((_, at) => entries[at] !== undefined && concerns(entries[at], subject)),
  );
  const spans = spansOf(entries, subject);
  const stories = [...wanted].flatMap((root) => {
    const indices = (members.get(root) ?? []).filter((at) => isPart(entries[at] as JournalEntry, subject));
    const story = storyOf(indices, entries, causes, spans);
    return story === undefined ? [] : [story];
  });
  return stories.toSorted((one, other) => one.endedMs - other.endedMs);
}

type Spans = ReadonlyMap<number, readonly { readonly group: string; readonly ms: number }[]>;

function spansOf(entries: readonly JournalEntry[], subject: Subject): Spans {
  const groups =
    subject.kind === "group"
      ? [subject.key]
      : [
          ...new Set(
            entries.flatMap(({ fields }) => (typeof fields["group"] === "string" ? [fields["group"]] : [])),
          ),
        ];
  const witness = entries.at(-1)?.node;
  const spans = new Map<number, { group: string; ms: number }[]>();
  for (const group of groups) {
    const seen = entries.map((entry, at) => ({ entry, at })).filter(({ entry }) => entry.node === witness);
    const found = unservedSpans(
      seen.map(({ entry }) => entry),
      group,
    );
    for (const [index, ms] of found) {
      const at = seen[index]?.at ?? 0;
      spans.set(at, [...(spans.get(at) ?? []), { group, ms }]);
    }
  }
  return spans;
}

function storyOf(
  indices: readonly number[],
  entries: readonly JournalEntry[],
  causes: readonly (number | undefined)[],
  spans: Spans,
): Story | undefined {
  const told = indices.filter((at) => isTold(entries[at] as JournalEntry, causes[at] === undefined));
  if (told.length === 0) return undefined;
  const place = new Map(told.map((at, index) => [at, index]));
  const steps = told.map((at) => ({
    entry: entries[at] as JournalEntry,
    cause: shownCause(at, causes, place),
  }));
  const times = steps.map(({ entry }) => wallMsOf(entry));
  const unserved = indices.flatMap((at) => spans.get(at) ?? []);
  return { steps, beganMs: Math.min(...times), endedMs: Math.max(...times), unserved };
}

/** The nearest cause that is told. */
function shownCause(
  at: number,
  causes: readonly (number | undefined)[],
  place: ReadonlyMap<number, number>,
): number | undefined {
  for (let cause = causes[at]; cause !== undefined; cause = causes[cause]) {
    const shown = place.get(cause);
    if (shown !== undefined) return shown;
  }
  return undefined;
}

/** It says where a group has gone, and not only what was seen of a node. */
export function moves({ steps }: Story): boolean {
  return steps.some(({ entry }) => MOVES.test(entry.name));
}
