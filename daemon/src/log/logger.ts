// The daemon's log: pino writes to stderr, to heartbeat's logfile and debugfile, and to syslog, in one readable form.
import pino from "pino";
import type { Logger } from "@systole/core/ports";
import type { LoggingChoice } from "../config/load-config.js";
import { closeDestination, LogFile, MAX_WAITING_BYTES } from "./log-file.js";
import { loggerOf, type WriteLine } from "./logger-of.js";
import { formatLogRecord, parseLogRecord, type LogRecord } from "./log-line.js";
import { SyslogSink } from "./syslog.js";

const ROTATION_CHECK_MS = 10_000;
const STDERR = 2;

/** A log that is open. */
export interface OpenLog {
  readonly log: Logger;
  /** Opens the files again, after somebody moved them away. Done by itself within ten seconds. */
  reopen(): void;
  /** Resolves when everything is written. Logging afterwards does nothing. */
  close(): Promise<void>;
}

export interface LogOptions {
  /** Descriptor of the console; closed with the log unless it is 2. */
  readonly consoleDescriptor?: number;
  /** The program that takes lines to syslog. */
  readonly syslogCommand?: string;
}

/** An Error in a field becomes its message and code: its stack is of no use to an operator. */
function plainField(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return "code" in value ? `${value.message} (${String(value.code)})` : value.message;
}

function entry(level: pino.Level, write: (record: LogRecord) => void): pino.StreamEntry {
  return { level, stream: { write: (json: string) => write(parseLogRecord(json)) } };
}

function textEntry(level: pino.Level, sink: { write(text: string): void }): pino.StreamEntry {
  return entry(level, (record) => sink.write(`${record.time} ${formatLogRecord(record)}\n`));
}

/** Opens what ha.cf names. A sink that fails is reported on stderr and tried again. */
export function openLog(choice: LoggingChoice, options: LogOptions = {}): OpenLog {
  let isClosing = false;
  const consoleStream = pino.destination({
    fd: options.consoleDescriptor ?? STDERR,
    sync: false,
    maxLength: MAX_WAITING_BYTES,
    // A terminal that is stopped must not keep the daemon from ending.
    retryEAGAIN: () => !isClosing,
  });
  consoleStream.on("error", () => undefined);
  const complain = (sink: string) => (reason: string) => {
    const fields = { sink, reason };
    const record = { level: 50, time: new Date().toISOString(), msg: "log.sink.failed", fields };
    if (!isClosing) consoleStream.write(`${record.time} ${formatLogRecord(record)}\n`);
  };

  const streams = [textEntry(choice.debugLevel > 0 ? "debug" : "info", consoleStream)];
  const files: LogFile[] = [];
  const addFile = (level: pino.Level, path: string | undefined) => {
    if (path === undefined) return;
    const file = new LogFile(path, complain(path));
    files.push(file);
    streams.push(textEntry(level, file));
  };
  addFile("info", choice.logFile);
  addFile("debug", choice.debugFile);
  const facility = choice.logFacility;
  const command = options.syslogCommand ?? "logger";
  const syslog = facility && new SyslogSink({ facility, command, onFailure: complain("syslog") });
  if (syslog) streams.push(entry("info", (record) => syslog.write(record.level, formatLogRecord(record))));

  const engine = pino(
    { level: "debug", base: null, timestamp: pino.stdTimeFunctions.isoTime, nestedKey: "fields" },
    pino.multistream(streams),
  );
  const write: WriteLine = (level, event, fields) => {
    if (isClosing) return;
    const plain = Object.entries(fields).map(([name, value]) => [name, plainField(value)]);
    engine[level](Object.fromEntries(plain), event);
  };
  const rotation = setInterval(() => files.forEach((file) => file.follow()), ROTATION_CHECK_MS);
  rotation.unref();
  return {
    log: loggerOf(write),
    reopen: () => files.forEach((file) => file.reopen()),
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      clearInterval(rotation);
      const closing = files.map((file) => file.close());
      await Promise.all([...closing, syslog && syslog.close(), closeDestination(consoleStream)]);
    },
  };
}
