// For how long nobody served a group, as a node could see it from where it is.
import { wallMsOf, type JournalEntry } from "../journal/entry.js";

interface Standing {
  readonly owner: string;
  /** Since when nobody serves it; undefined: it is served. */
  readonly withoutSinceMs: number | undefined;
}

/** By the index of the entry with which it ended: milliseconds. `entries` are those of one journal. */
export function unservedSpans(entries: readonly JournalEntry[], group: string): ReadonlyMap<number, number> {
  const spans = new Map<number, number>();
  let standing: Standing | undefined;
  entries.forEach((entry, at) => {
    // A daemon that starts knows nothing of before.
    if (entry.name === "daemon.configured") standing = undefined;
    const next = after(standing, entry, group);
    if (standing?.withoutSinceMs !== undefined && next !== undefined && next.withoutSinceMs === undefined)
      spans.set(at, Math.max(0, wallMsOf(entry) - standing.withoutSinceMs));
    standing = next;
  });
  return spans;
}

function after(standing: Standing | undefined, entry: JournalEntry, group: string): Standing | undefined {
  const { name, fields } = entry;
  const nowMs = wallMsOf(entry);
  if (name === "group.seen" && fields["group"] === group) {
    const owner = typeof fields["owner"] === "string" ? fields["owner"] : "";
    if (fields["state"] === "started") return { owner, withoutSinceMs: undefined };
    // Nothing is said of what nobody has served yet.
    return standing === undefined ? undefined : { owner, withoutSinceMs: standing.withoutSinceMs ?? nowMs };
  }
  if (standing === undefined || standing.withoutSinceMs !== undefined) return standing;
  if (name === "node.changed" && fields["node"] === standing.owner && fields["to"] === "dead") {
    const silentMs = typeof fields["silentMs"] === "number" ? fields["silentMs"] : 0;
    return { ...standing, withoutSinceMs: nowMs - silentMs };
  }
  if (name === "resource.failed" && fields["group"] === group) return { ...standing, withoutSinceMs: nowMs };
  return standing;
}
