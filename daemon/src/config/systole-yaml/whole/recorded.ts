// heartbeat tells scripts and clients what ha.cf says, word by word. What systole.yaml says of the same is told in ha.cf's words. Pure.
import type { Failback } from "@systole/core/ports";
import type { SystoleYaml } from "../schema.js";

/** Whole seconds without a unit, as people write them in ha.cf. */
export function timeText(ms: number): string {
  return ms % 1000 === 0 ? String(ms / 1000) : `${ms}ms`;
}

/** By the directive's name. */
export function recordedOf(settings: SystoleYaml, failback: Failback): Readonly<Record<string, string>> {
  const { timings = {}, heartbeat = {}, logging = {} } = settings;
  const { retransmit, ...times } = timings;
  const baud = (settings.media ?? []).find(({ serial }) => serial?.baud !== undefined)?.serial?.baud;
  const threshold = heartbeat["compression-threshold"];
  // A facility that came with the logging daemon is none of ha.cf's own.
  const facility = heartbeat.environment?.["use_logd"] === undefined ? logging.facility : undefined;
  const words: Readonly<Record<string, string | undefined>> = {
    ...Object.fromEntries(
      Object.entries(times).map(([name, ms]) => [name, ms === undefined ? undefined : timeText(ms)]),
    ),
    max_rexmit_delay: numberText(retransmit),
    auto_failback: failback === "legacy" ? undefined : failback,
    autojoin: heartbeat.autojoin,
    baud: numberText(baud),
    cluster: settings.cluster,
    compression_threshold: numberText(threshold),
    debug: numberText(logging.level),
    debugfile: logging["debug-file"],
    hopfudge: numberText(heartbeat["hop-fudge"]),
    log_badpack: booleanText(heartbeat["log-bad-packets"]),
    logfacility: facility,
    logfile: logging.file,
    msgfmt: heartbeat["message-format"],
    traditional_compression: booleanText(heartbeat["traditional-compression"]),
    uuidfrom: heartbeat["uuid-from"],
    watchdog: settings.watchdog,
  };
  return Object.fromEntries(
    Object.entries(words).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function booleanText(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? "on" : "off";
}
