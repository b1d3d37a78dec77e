// What still keeps the process alive when everything has been stopped: somebody forgot to close it.

export type OpenResources = ReadonlyMap<string, number>;

/** By kind, as Node calls it: `Timeout`, `TCPSocketWrap`. */
export function openResources(): OpenResources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** What is open now beyond what was open before, by kind. */
export function leftOpen(before: OpenResources, now: OpenResources): Readonly<Record<string, number>> {
  const more = [...now].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}
