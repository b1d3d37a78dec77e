// `systole events`: what the journal has kept, and then, with --follow, what happens, for as long as somebody wants to know.
import { SystoleError } from "@systole/core/ports";
import { followDaemon } from "../../control/follow-client.js";
import { controlSocketPath, readerSocketPath } from "../../control/run-directory.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { wallMsOf, type JournalEntry } from "../../journal/entry.js";
import { journalDirectory } from "../../journal/files.js";
import { readJournal } from "../../journal/read-journal.js";
import { pause } from "../interrupted.js";
import type { Terminal } from "../terminal.js";
import { entryText } from "./entry-text.js";

export interface EventsOptions {
  readonly runDir: string;
  readonly stateDir: string;
  /** Milliseconds since 1970. Absent: with `follow` from now on, else from the beginning. */
  readonly since?: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** How long a daemon that is away is waited for before it is asked for again. */
const AGAIN_MS = 500;

/** Returns the exit code. `signal` ends following. */
export async function events(
  options: EventsOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const reader = new EventReader(options, terminal);
  const isKept = reader.readKept(options.follow !== true || options.since !== undefined);
  if (options.follow !== true) return isKept ? EXIT_CODES.ok : EXIT_CODES.error;
  let isWaiting = false;
  while (!signal.aborted) {
    const wasThere = await reader.follow(signal);
    if (!signal.aborted && (wasThere || !isWaiting)) reader.complain("no daemon answers; waiting for one");
    isWaiting = true;
    await pause(AGAIN_MS, signal);
    // What the daemon has written at its end, and had no time to tell.
    if (!signal.aborted) reader.readKept(true);
  }
  return EXIT_CODES.ok;
}

class EventReader {
  private lastSeq: number | undefined;

  constructor(
    private readonly options: EventsOptions,
    private readonly terminal: Terminal,
  ) {}

  /** Passes over what was read before; returns whether this user may read the journal, and there is one. */
  readKept(isShown: boolean): boolean {
    try {
      const { entries } = readJournal(journalDirectory(this.options.stateDir));
      for (const entry of entries) this.take(entry, isShown);
      if (entries.length === 0 && this.options.follow !== true) this.complain("there is no journal yet");
      return entries.length > 0;
    } catch (error) {
      if (!(error instanceof SystoleError)) throw error;
      if (this.lastSeq === undefined) this.complain(error.message);
      return false;
    }
  }

  /** Resolves when the daemon has ended, or cannot be reached; returns whether it was there. */
  async follow(signal: AbortSignal): Promise<boolean> {
    const { runDir } = this.options;
    for (const path of [controlSocketPath(runDir), readerSocketPath(runDir)]) {
      try {
        await followDaemon(path, {
          signal,
          ...(this.lastSeq !== undefined && { afterSeq: this.lastSeq }),
          said: (line) => {
            if ("entry" in line) this.take(line.entry, true);
            else this.complain(`${line.missed} entries were missed here`);
          },
        });
        return true;
      } catch (error) {
        if (error instanceof SystoleError) throw error;
      }
    }
    return false;
  }

  private take(entry: JournalEntry, isShown: boolean): void {
    if (this.lastSeq !== undefined && entry.seq <= this.lastSeq) return;
    this.lastSeq = entry.seq;
    const { since, json } = this.options;
    if (!isShown || (since !== undefined && wallMsOf(entry) < since)) return;
    const { out } = this.terminal;
    out.write(`${json === true ? JSON.stringify(entry) : entryText(entry, out)}\n`);
  }

  complain(text: string): void {
    this.terminal.err.write(`systole events: ${text}\n`);
  }
}
