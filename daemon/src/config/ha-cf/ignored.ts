// Directives of heartbeat that are understood and do nothing: the sentence says why, and what that means.

/** By name. Every one gives a warning, unless its value asks for what happens anyway (`SILENT_VALUES`). */
export const IGNORED_DIRECTIVES: Readonly<Record<string, string>> = {
  conn_logd_time: "log lines are written directly, there is no logging daemon to connect to",
  coredumps: "core dumps are decided by the service manager (LimitCORE=)",
  coreroot: "core dumps are decided by the system (kernel.core_pattern)",
  crm_daemon_dir: "Pacemaker is not started from here",
  crmd_spawns_pengine: "Pacemaker is not started from here",
  enable_config_writes: "Pacemaker is not started from here",
  hbaping: "Fibre Channel ping nodes are not available; use `ping` with an IP address",
  memreserve: "memory is not reserved in advance",
  nice_failback: "it is obsolete; write `auto_failback off` for `nice_failback on`",
  normalpoll: "nothing is polled",
  quorum_server:
    "a quorum service comes as a plugin and this line loads none: both halves of a divided cluster take over",
  realtime: "the scheduling class is decided by the service manager (CPUSchedulingPolicy=)",
  record_config_changes: "Pacemaker is not started from here",
  record_pengine_inputs: "Pacemaker is not started from here",
  rtprio: "the scheduling class is decided by the service manager (CPUSchedulingPriority=)",
  syslogmsgfmt: "log lines have one format, whatever it says",
  use_apphbd: "there is no application heartbeat daemon",
};

/** Values that ask for what happens anyway, lower-case. */
export const SILENT_VALUES: Readonly<Record<string, readonly string[]>> = {
  syslogmsgfmt: ["true", "on", "yes", "y", "1"],
  use_apphbd: ["false", "off", "no", "n", "0"],
};
