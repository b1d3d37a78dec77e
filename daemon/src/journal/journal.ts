// The journal of a node: everything that its engine tells and its operators ask for, as lines on disk that survive restarts. It never
// keeps the engine waiting: lines are written when the disk takes them, and dropped and counted when it does not.
import { EventLog } from "@systole/core";
import type { Clock, EngineEvent, LogFields, Logger } from "@systole/core/ports";
import { loggerOf } from "../log/logger-of.js";
import { AppendedFile } from "./appended-file.js";
import { lineOf, type JournalEntry } from "./entry.js";
import { journalFiles } from "./files.js";
import { JOURNAL_LIMITS } from "./limits.js";
import { lastSeqOf } from "./read-journal.js";
import { RecentEntries } from "./recent-entries.js";

export interface JournalInit {
  readonly directory: string;
  /** This node. */
  readonly node: string;
  readonly clock: Clock;
  /** Is told when the disk fails, at a bounded rate. */
  readonly log: Logger;
}

export class Journal {
  /** Writes as a log would: for what the daemon logs and the journal keeps besides. Debugging is not kept. */
  readonly logger: Logger;
  readonly recent = new RecentEntries();
  private readonly file: AppendedFile;
  private readonly bounded: EventLog;
  private seq: number;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private dropped = 0;
  private complainedAtMs = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  /** Goes on counting where an earlier life's journal ends. */
  constructor(private readonly init: JournalInit) {
    this.file = new AppendedFile(journalFiles(init.directory), JOURNAL_LIMITS.fileBytes);
    this.seq = lastSeq(init);
    this.logger = loggerOf((level, name, fields) => {
      if (!this.isClosed) this.add({ level, name, fields });
    });
    this.bounded = new EventLog(this.logger, init.clock, JOURNAL_LIMITS.perName);
  }

  /** Returns at once, and never throws. A flood of one name is cut, and counted. */
  tell(event: EngineEvent): void {
    this.bounded.write(event);
  }

  /** Resolves when everything is written, or the disk has had its time. Nothing is taken any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.recent.close();
    const { clock } = this.init;
    let cancel = (): void => undefined;
    const patienceEnds = new Promise<void>((resolve) => {
      cancel = clock.wakeAt(clock.nowMs() + JOURNAL_LIMITS.farewellMs, resolve);
    });
    const written = (this.writing ?? Promise.resolve()).then(() => this.file.close());
    await Promise.race([written, patienceEnds]);
    cancel();
  }

  private add({ level, name, fields }: EngineEvent): void {
    if (level === "debug") return;
    const time = new Date(this.init.clock.wallMs()).toISOString();
    this.seq += 1;
    const entry = { seq: this.seq, time, node: this.init.node, level, name, fields };
    this.recent.add(entry);
    this.queue(entry);
  }

  private queue(entry: JournalEntry): void {
    const line = lineOf(entry, JOURNAL_LIMITS.entryBytes);
    if (this.waitingBytes + line.length > JOURNAL_LIMITS.waitingBytes) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(line);
    this.waitingBytes += line.length;
    this.writing ??= this.write().finally(() => (this.writing = undefined));
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const lines = this.waiting;
      this.waiting = [];
      this.waitingBytes = 0;
      try {
        await this.file.append(lines.join(""));
        this.tellDropped();
      } catch (error) {
        this.dropped += lines.length;
        this.complain(error);
      }
    }
  }

  private tellDropped(): void {
    const { dropped } = this;
    if (dropped === 0) return;
    this.dropped = 0;
    this.add({ level: "warn", name: "journal.dropped", fields: { entries: dropped } });
  }

  private complain(error: unknown): void {
    const nowMs = this.init.clock.nowMs();
    if (nowMs - this.complainedAtMs < JOURNAL_LIMITS.complaintMs) return;
    this.complainedAtMs = nowMs;
    this.init.log.error("journal.write-failed", { reason: String(error), dropped: this.dropped });
  }
}

/** A journal that cannot be read is begun anew. */
function lastSeq({ directory, log }: JournalInit): number {
  try {
    return lastSeqOf(directory);
  } catch (error) {
    log.error("journal.unreadable", { reason: String(error) });
    return 0;
  }
}

/** A log whose lines the journal keeps as well. */
export function keptBy(journal: Journal, log: Logger): Logger {
  const at = (level: EngineEvent["level"]) => (name: string, fields?: LogFields) => {
    log[level](name, fields);
    journal.logger[level](name, fields);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => keptBy(journal, log.child(fields)),
  };
}
