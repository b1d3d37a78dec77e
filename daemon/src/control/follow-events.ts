// Sends events to a client for as long as it wants them. One that reads slowly misses some, and is told how many.
import type { Socket } from "node:net";
import type { JournalEntry } from "../journal/entry.js";
import type { RecentEntries } from "../journal/recent-entries.js";
import { MAX_EVENTS_WAITING, type EventLine } from "./protocol.js";

/** Begins with what came after `afterSeq`, without it with what comes. Returns a function that ends it. */
export function followEvents(
  socket: Socket,
  events: RecentEntries,
  afterSeq: number | undefined,
): () => void {
  let waiting: JournalEntry[] = [];
  let missed = 0;
  let isFull = false;
  const say = (line: EventLine): void => {
    isFull = !socket.write(`${JSON.stringify(line)}\n`) || isFull;
  };
  const flush = (): void => {
    isFull = false;
    const [entries, left] = [waiting, missed];
    waiting = [];
    missed = 0;
    for (const entry of entries) take(entry);
    if (left === 0) return;
    // They come after what still waits.
    if (isFull) missed = left;
    else say({ missed: left });
  };
  const take = (entry: JournalEntry): void => {
    if (!isFull && missed === 0) say({ entry });
    else if (waiting.length < MAX_EVENTS_WAITING && missed === 0) waiting.push(entry);
    else missed += 1;
  };
  const past = afterSeq === undefined ? undefined : events.after(afterSeq);
  if (past !== undefined && past.missed > 0) say({ missed: past.missed });
  for (const entry of past?.entries ?? []) take(entry);
  const endListening = events.listen(take);
  socket.on("drain", flush);
  return () => {
    endListening();
    socket.off("drain", flush);
  };
}
