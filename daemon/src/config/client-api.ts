// What heartbeat's client API is told of ha.cf: the order of nodes, and what `cl_status hbparameter` may ask. Pure.
import type { PluginUse } from "@systole/core";
import type { MembershipTimings } from "@systole/core/ports";
import { DEFAULT_UDP_PORT, type HaCf, type Medium } from "./ha-cf/ha-cf.js";

export const CLIENT_API = "api-heartbeat";

/** What heartbeat 3.0.6 answers for directives that ha.cf does not have. */
const DEFAULTS: Readonly<Record<string, string>> = {
  auto_failback: "legacy",
  autojoin: "none",
  baud: "19200",
  cluster: "linux-ha",
  compression: "zlib",
  compression_threshold: "2",
  conn_logd_time: "60",
  coredumps: "true",
  crm: "false",
  debug: "0",
  enable_config_writes: "on",
  hbgenmethod: "file",
  hopfudge: "1",
  log_badpack: "true",
  max_rexmit_delay: "250",
  memreserve: "6500",
  msgfmt: "classic",
  pacemaker: "false",
  realtime: "true",
  record_config_changes: "on",
  record_pengine_inputs: "on",
  syslogmsgfmt: "true",
  traditional_compression: "no",
  udpport: String(DEFAULT_UDP_PORT),
  uuidfrom: "file",
};
/** Directives without a default that heartbeat tells when ha.cf has them. */
const TOLD = ["debugfile", "logfacility", "logfile", "use_logd", "watchdog", "coreroot", "normalpoll"];
/** What the plugin's version of the protocol is called; programs show it. */
const VERSION = "3.0.6 (systole)";

/** The plugin with its part of the configuration. */
export function clientApi(haCf: HaCf, timings: MembershipTimings): PluginUse {
  const lines = [
    ...haCf.nodes.map(({ value, at }) => ({ name: value, line: at.line })),
    ...haCf.pings.map(({ name, at }) => ({ name, line: at.line })),
  ];
  return {
    use: CLIENT_API,
    with: {
      nodes: lines.toSorted((left, right) => left.line - right.line).map(({ name }) => name),
      keepaliveMs: timings.keepaliveMs,
      deadMs: timings.deadMs,
      parameters: parameters(haCf, timings),
      heardOver: haCf.media.flatMap((medium) => (hearsItself(medium) ? [medium.interface] : [])),
      access: haCf.clientAccess.map(({ value }) => value),
      builtIn: haCf.ipfail === undefined ? [] : ["ipfail"],
    },
  };
}

function hearsItself(medium: Medium): boolean {
  return medium.kind === "bcast" || (medium.kind === "mcast" && medium.loop);
}

function parameters(haCf: HaCf, timings: MembershipTimings): Readonly<Record<string, string>> {
  const computed = {
    ...DEFAULTS,
    keepalive: `${timings.keepaliveMs}ms`,
    deadtime: `${timings.deadMs}ms`,
    warntime: `${timings.warnMs}ms`,
    initdead: `${timings.initialDeadMs}ms`,
    deadping: `${timings.pingDeadMs}ms`,
  };
  const written = [...Object.keys(computed), ...TOLD].flatMap((name) => {
    const value = haCf.environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...computed, ...Object.fromEntries(written), hbversion: VERSION };
}
