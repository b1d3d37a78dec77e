// What ha.cf says of logs, and of what matters beside heartbeat's own nodes and programs only. Pure.
import type { HaCf } from "../ha-cf/ha-cf.js";
import { isWritten, type Origins } from "./origins.js";
import { indented, inline, keyText, withOrigin } from "./yaml-text.js";

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly directive: string;
}

export function loggingLines(haCf: HaCf, origins: Origins): readonly string[] {
  const entries: readonly Entry[] = [
    { key: "file", value: haCf.logFile, directive: "logfile" },
    { key: "debug-file", value: haCf.debugFile, directive: "debugfile" },
    { key: "facility", value: haCf.logFacility, directive: "logfacility" },
    { key: "level", value: written(haCf, "debug", haCf.debugLevel), directive: "debug" },
  ];
  return block("logging:", entryLines(entries, origins));
}

export function heartbeatLines(
  haCf: HaCf,
  origins: Origins,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const entries: readonly Entry[] = [
    {
      key: "message-format",
      value: written(haCf, "msgfmt", haCf.innerSignature ? "classic" : "netstring"),
      directive: "msgfmt",
    },
    { key: "hop-fudge", value: written(haCf, "hopfudge", haCf.hopFudge), directive: "hopfudge" },
    { key: "uuid-from", value: written(haCf, "uuidfrom", haCf.uuidFrom), directive: "uuidfrom" },
    { key: "autojoin", value: haCf.autoJoin?.value, directive: "autojoin" },
    {
      key: "traditional-compression",
      value: written(haCf, "traditional_compression", haCf.traditionalCompression),
      directive: "traditional_compression",
    },
    {
      key: "compression-threshold",
      value: written(haCf, "compression_threshold", haCf.compressionThresholdKib),
      directive: "compression_threshold",
    },
    {
      key: "log-bad-packets",
      value: written(haCf, "log_badpack", haCf.logsRefusedFrames),
      directive: "log_badpack",
    },
  ];
  const lines = [
    ...entryLines(entries, origins),
    ...(haCf.ipfail === undefined ? [] : [withOrigin("ipfail: true", origins.of(haCf.ipfail.line))]),
    ...programLines(haCf, origins),
    ...block(
      "environment:",
      Object.entries(environment).map(([name, text]) => `${keyText(name)}: ${inline(text)}`),
    ),
  ];
  return block("heartbeat:", lines);
}

function programLines({ clients, clientAccess, stonith }: HaCf, origins: Origins): readonly string[] {
  const respawn = clients.map(({ value: { kind, user, command }, at }) => {
    const entry = { user, command, ...(kind === "failfast" && { failfast: true }) };
    return withOrigin(`- ${inline(entry)}`, `ha.cf, line ${at.line}`);
  });
  const access = clientAccess.map(({ value: { name, users, groups }, at }) => {
    const entry = { ...(users.length > 0 && { users }), ...(groups.length > 0 && { groups }) };
    return withOrigin(`${keyText(name)}: ${inline(entry)}`, origins.of(at.line));
  });
  // Parameters may be passwords: the line is not repeated behind itself.
  const devices = stonith.map(({ from, type, parameters, configFile, at }) => {
    const settings = configFile === undefined ? { parameters: parameters ?? "" } : { file: configFile };
    return withOrigin(`- ${inline({ from, type, ...settings })}`, `ha.cf, line ${at.line}`);
  });
  return [...block("respawn:", respawn), ...block("apiauth:", access), ...block("stonith:", devices)];
}

function written<Value>(haCf: HaCf, directive: string, value: Value): Value | undefined {
  return isWritten(haCf, directive) ? value : undefined;
}

function entryLines(entries: readonly Entry[], origins: Origins): readonly string[] {
  return entries.flatMap(({ key, value, directive }) =>
    value === undefined ? [] : [withOrigin(`${key}: ${inline(value)}`, origins.ofDirective(directive))],
  );
}

function block(head: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [head, ...indented(lines)];
}
