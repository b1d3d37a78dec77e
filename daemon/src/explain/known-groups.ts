// Which groups a journal tells of, and which resources are theirs: as the daemons said when they started.
import { z } from "zod";
import type { JournalEntry } from "../journal/entry.js";

const Configured = z.object({
  groups: z.array(z.object({ key: z.string(), home: z.string(), resources: z.array(z.string()) })),
});

export interface KnownGroup {
  readonly key: string;
  readonly home: string;
  readonly resources: readonly string[];
}

/** By key; the latest word counts. */
export function knownGroups(entries: readonly JournalEntry[]): ReadonlyMap<string, KnownGroup> {
  const groups = new Map<string, KnownGroup>();
  for (const { name, fields } of entries) {
    if (name !== "daemon.configured") continue;
    for (const group of Configured.safeParse(fields).data?.groups ?? []) groups.set(group.key, group);
  }
  return groups;
}

/** By its key, one of its resources, or an address without what follows it. */
export function groupNamed(groups: ReadonlyMap<string, KnownGroup>, name: string): KnownGroup | undefined {
  const all = [...groups.values()];
  return (
    groups.get(name) ??
    all.find(({ resources }) => resources.includes(name)) ??
    all.find(({ resources }) => resources.some((resource) => resource.startsWith(`${name}/`)))
  );
}

/** The same entries; those that name a resource, or mean its group by it, name the group. */
export function withGroups(
  entries: readonly JournalEntry[],
  groups: ReadonlyMap<string, KnownGroup>,
): readonly JournalEntry[] {
  const byResource = new Map(
    [...groups.values()].flatMap(({ key, resources }) => resources.map((one) => [one, key])),
  );
  return entries.map((entry) => {
    const { resource, group = resource } = entry.fields;
    if (typeof group !== "string" || groups.has(group)) return withGroup(entry, group);
    return withGroup(entry, byResource.get(group) ?? entry.fields["group"]);
  });
}

function withGroup(entry: JournalEntry, group: unknown): JournalEntry {
  return group === entry.fields["group"] ? entry : { ...entry, fields: { ...entry.fields, group } };
}
