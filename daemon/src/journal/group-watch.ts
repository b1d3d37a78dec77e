// Sees from outside of any policy where groups are, and tells when that has changed: also of what other nodes do.
import type { EngineEvent, GroupView } from "@systole/core/ports";

export class GroupWatch {
  private readonly seen = new Map<string, string>();

  /** `group.seen` for each group that is elsewhere, or in another state, than when it was looked at before. */
  changes(groups: readonly GroupView[]): readonly EngineEvent[] {
    return groups.flatMap(({ key, owner, state, why }) => {
      const now = `${state} ${owner ?? ""}`;
      if (this.seen.get(key) === now) return [];
      this.seen.set(key, now);
      const fields = { group: key, owner: owner ?? null, state, why };
      return [{ name: "group.seen", level: "info", fields } as const];
    });
  }
}
