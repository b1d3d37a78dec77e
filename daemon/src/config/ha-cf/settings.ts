// Directives that set one value: the last one counts, as in heartbeat, and a second one is pointed out.
import { didYouMean } from "@systole/sdk";
import type { Problems } from "../problem.js";
import type { ProblemCode } from "../problem-codes.js";
import type { Word } from "../source-text.js";
import { parseTime } from "../time-value.js";
import { parseBoolean, parseInteger, type DirectiveReader } from "./directive-line.js";
import { BAUD_RATES, type HaCfDraft, type TimeName } from "./ha-cf.js";

/** Nothing larger is ever sent, compressed or not. */
export const MAX_THRESHOLD_KIB = 2048;

type ValueReader = (word: Word, draft: HaCfDraft, problems: Problems) => void;

export const FACILITIES =
  "auth authpriv cron daemon ftp kern lpr mail news syslog user uucp local0 local1 local2 local3 local4 local5 local6 local7".split(
    " ",
  );

function time(name: TimeName): ValueReader {
  return (word, draft, problems) => {
    const parsed = parseTime(word.text);
    if (!parsed.ok) {
      problems.error(word, "time.invalid", `"${word.text}" is not a time: ${parsed.hint}`);
    } else if (parsed.ms === 0) {
      problems.error(word, "time.zero", `${name} must be longer than zero; write e.g. \`${name} 2\``);
    } else {
      draft.times[name] = { value: parsed.ms, at: word };
    }
  };
}

function integer(least: number, most: number, store: (draft: HaCfDraft, value: number) => void): ValueReader {
  return (word, draft, problems) => {
    const value = parseInteger(word.text, least, most);
    if (value !== undefined) return store(draft, value);
    const message = `"${word.text}" does not fit here; write a whole number from ${least} to ${most}`;
    problems.error(word, "number.invalid", message);
  };
}

function path(store: (draft: HaCfDraft, value: string) => void): ValueReader {
  return (word, draft, problems) => {
    if (word.text.startsWith("/")) return store(draft, word.text);
    problems.error(word, "path.relative", `"${word.text}" is not a full path; begin it with /`);
  };
}

const autoFailback: ValueReader = (word, draft, problems) => {
  const boolean = parseBoolean(word.text);
  if (boolean !== undefined) draft.failback = { value: boolean ? "on" : "off", at: word };
  else if (word.text.toLowerCase() === "legacy") draft.failback = { value: "legacy", at: word };
  else problems.error(word, "failback.invalid", `"${word.text}" is unknown; write on, off or legacy`);
};

const logFacility: ValueReader = (word, draft, problems) => {
  const name = word.text.toLowerCase();
  if (name === "none") draft.logFacility = undefined;
  else if (FACILITIES.includes(name)) draft.logFacility = name;
  else {
    const hint = didYouMean(name, FACILITIES);
    const message = `there is no syslog facility "${word.text}"${hint || "; write e.g. local0, or none"}`;
    problems.error(word, "logfacility.invalid", message);
  }
};

/** Lines go where heartbeat's logging daemon sends them when nobody configures it; a facility of ha.cf's own stays. */
const useLogd: ValueReader = (word, draft, problems) => {
  const value = parseBoolean(word.text);
  if (value === true) draft.logFacility ??= "daemon";
  else if (value === undefined)
    problems.error(word, "boolean.invalid", `"${word.text}" does not fit here; write on or off`);
};

const messageFormat: ValueReader = (word, draft, problems) => {
  if (word.text === "classic" || word.text === "netstring") draft.innerSignature = word.text === "classic";
  else problems.error(word, "msgfmt.invalid", `"${word.text}" is unknown; write classic or netstring`);
};

const resourceManager: ValueReader = (word, _draft, problems) => {
  if (parseBoolean(word.text) === false) return;
  const message =
    "resources are managed from haresources, by Systole's own policy; write `crm no`, or delete the line (Pacemaker cannot be started from here)";
  problems.error(word, "crm.unsupported", message);
};

/** One of a few words, case ignored. */
function choice<Value extends string>(
  values: readonly Value[],
  code: ProblemCode,
  store: (draft: HaCfDraft, value: Value, word: Word) => void,
): ValueReader {
  return (word, draft, problems) => {
    const value = values.find((known) => known === word.text.toLowerCase());
    if (value !== undefined) return store(draft, value, word);
    problems.error(word, code, `"${word.text}" is unknown; write ${values.join(" or ")}`);
  };
}

function boolean(store: (draft: HaCfDraft, value: boolean) => void): ValueReader {
  return (word, draft, problems) => {
    const value = parseBoolean(word.text);
    if (value !== undefined) return store(draft, value);
    problems.error(word, "boolean.invalid", `"${word.text}" does not fit here; write on or off`);
  };
}

/** What is received may be either; what is sent is zlib, which every heartbeat reads. */
const compression: ValueReader = (word, _draft, problems) => {
  if (word.text === "zlib") return;
  if (word.text === "bz2") {
    const message =
      "bz2 of peers is read, and zlib is sent, which they all read; delete the line, or leave it for heartbeat";
    problems.warning(word, "compression.zlib-sent", message);
  } else {
    problems.error(word, "compression.unknown", `"${word.text}" is unknown; write zlib or bz2`);
  }
};

/** heartbeat refuses two of them too: it could not know which one to feed. */
const watchdog: ValueReader = (word, draft, problems) => {
  if (draft.watchdog !== undefined) {
    const message = `a watchdog stands in line ${draft.watchdog.at.line} already, and there can be one; delete the other`;
    problems.error(word, "watchdog.duplicate", message);
  } else if (!word.text.startsWith("/")) {
    problems.error(word, "path.relative", `"${word.text}" is not a full path; write e.g. /dev/watchdog`);
  } else {
    draft.watchdog = { value: word.text, at: word };
  }
};

const udpPort: ValueReader = (word, draft, problems) => {
  const port = parseInteger(word.text, 1, 65_535);
  if (port !== undefined) draft.udpPort = { value: port, at: word };
  else problems.error(word, "port.invalid", `"${word.text}" is not a UDP port; write 1 to 65535, e.g. 694`);
};

const baud: ValueReader = (word, draft, problems) => {
  const rate = parseInteger(word.text, 1, 999_999);
  if (rate !== undefined && BAUD_RATES.includes(rate)) draft.baud = rate;
  else {
    const message = `"${word.text}" is not a speed of serial lines; write one of ${BAUD_RATES.join(", ")}`;
    problems.error(word, "baud.invalid", message);
  }
};

const VALUE_READERS: Readonly<Record<string, ValueReader>> = {
  auto_failback: autoFailback,
  autojoin: choice(["none", "other", "any"], "autojoin.invalid", (draft, value, word) => {
    draft.autoJoin = { value, at: word };
  }),
  baud,
  // Judged where it is used; whatever heartbeat took for a name is none of our business.
  cluster: (word, draft) => (draft.clusterName = { value: word.text, at: word }),
  compression,
  compression_threshold: integer(1, MAX_THRESHOLD_KIB, (draft, value) => {
    draft.compressionThresholdKib = value;
  }),
  crm: resourceManager,
  deadping: time("deadping"),
  deadtime: time("deadtime"),
  debug: integer(0, 255, (draft, value) => (draft.debugLevel = value)),
  debugfile: path((draft, value) => (draft.debugFile = value)),
  hopfudge: integer(0, 255, (draft, value) => (draft.hopFudge = value)),
  // The generation is the greater of the time of day and the stored one plus one: it is what both methods promise.
  hbgenmethod: choice(["file", "time"], "hbgenmethod.invalid", () => undefined),
  initdead: time("initdead"),
  keepalive: time("keepalive"),
  log_badpack: boolean((draft, value) => (draft.logsRefusedFrames = value)),
  logfacility: logFacility,
  logfile: path((draft, value) => (draft.logFile = value)),
  max_rexmit_delay: integer(1, 60_000, (draft, value) => (draft.maxRetransmitDelayMs = value)),
  msgfmt: messageFormat,
  pacemaker: resourceManager,
  traditional_compression: boolean((draft, value) => (draft.traditionalCompression = value)),
  udpport: udpPort,
  use_logd: useLogd,
  uuidfrom: choice(["file", "nodename"], "uuidfrom.invalid", (draft, value) => (draft.uuidFrom = value)),
  warntime: time("warntime"),
  watchdog,
};

function single(read: ValueReader): DirectiveReader {
  return ({ directive, values }, draft, problems) => {
    const name = directive.text;
    const last = values.at(-1);
    if (last === undefined) {
      problems.error(directive, "directive.no-value", `${name} needs a value`);
      return;
    }
    const first = draft.seen.get(name);
    // Media take the port that stands above them, so several udpport lines have a meaning.
    if (first !== undefined && name !== "udpport" && name !== "watchdog") {
      const message = `${name} was set in line ${first.line} already; this one counts. Keep one of the two`;
      problems.warning(directive, "directive.repeated", message);
    } else if (values.length > 1) {
      const message = `${name} takes one value; the last one, "${last.text}", counts. Delete the others`;
      problems.warning(directive, "directive.many-values", message);
    }
    if (first === undefined) draft.seen.set(name, directive);
    draft.recorded[name] = last.text;
    for (const value of values) read(value, draft, problems);
  };
}

export const SETTING_READERS: ReadonlyMap<string, DirectiveReader> = new Map(
  Object.entries(VALUE_READERS).map(([name, read]) => [name, single(read)]),
);
