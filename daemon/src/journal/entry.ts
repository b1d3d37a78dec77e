// One line of the journal: what happened on a node, when, and as the how manieth thing.
import type { EngineEvent } from "@systole/core/ports";
import { z } from "zod";

export const JournalEntry = z.object({
  seq: z.int().positive().describe("order on its node, also over restarts"),
  time: z.iso.datetime({ precision: 3 }).describe("wall time, UTC"),
  node: z.string().describe("whose journal it is"),
  level: z.enum(["info", "warn", "error"]),
  name: z.string(),
  fields: z.record(z.string(), z.unknown()),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** The entry as a line, with its end. One that is too long goes without its fields. */
export function lineOf(entry: JournalEntry, maxBytes: number): string {
  const line = `${JSON.stringify(entry)}\n`;
  if (Buffer.byteLength(line) <= maxBytes) return line;
  return `${JSON.stringify({ ...entry, fields: { leftOut: "too long" } })}\n`;
}

/** What a line says; undefined when it is torn, or no entry. Fields of later versions are passed over. */
export function entryOf(line: string): JournalEntry | undefined {
  try {
    return JournalEntry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** As the engine would have told it. */
export function eventOf({ name, level, fields }: JournalEntry): EngineEvent {
  return { name, level, fields };
}

export function wallMsOf({ time }: JournalEntry): number {
  return Date.parse(time);
}
