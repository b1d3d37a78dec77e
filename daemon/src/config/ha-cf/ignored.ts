// Directives of heartbeat that are understood and do nothing: the sentence says why, and what that means.

/** By name. Every one gives a warning, unless its value asks for what happens anyway (`SILENT_VALUES`). */
export const IGNORED_DIRECTIVES: Readonly<Record<string, string>> = {
  apiauth: "there is no client API yet, so nobody needs to be allowed to use it",
  cluster: "the name is used by membership clients only, which are not available yet",
  compression: "messages are never large enough to be compressed; compressed ones of peers are read",
  compression_threshold:
    "messages are never large enough to be compressed; compressed ones of peers are read",
  conn_logd_time: "log lines are written directly, there is no logging daemon to connect to",
  coredumps: "core dumps are decided by the service manager (LimitCORE=)",
  coreroot: "core dumps are decided by the system (kernel.core_pattern)",
  crm_daemon_dir: "Pacemaker is not started from here",
  crmd_spawns_pengine: "Pacemaker is not started from here",
  enable_config_writes: "Pacemaker is not started from here",
  hbaping: "Fibre Channel ping nodes are not available; use `ping` with an IP address",
  hbgenmethod: "the generation is always kept in a file, which is the safer way",
  log_badpack: "refused packets are always counted, and logged at a bounded rate",
  memreserve: "memory is not reserved in advance",
  nice_failback: "it is obsolete; write `auto_failback off` for `nice_failback on`",
  normalpoll: "nothing is polled",
  quorum_server: "quorum servers are not available yet; both halves of a divided cluster take over",
  realtime: "the scheduling class is decided by the service manager (CPUSchedulingPolicy=)",
  record_config_changes: "Pacemaker is not started from here",
  record_pengine_inputs: "Pacemaker is not started from here",
  rtprio: "the scheduling class is decided by the service manager (CPUSchedulingPriority=)",
  stonith: "fencing is not available yet: a silent node is taken over WITHOUT being switched off",
  stonith_host: "fencing is not available yet: a silent node is taken over WITHOUT being switched off",
  syslogmsgfmt: "log lines have one format",
  traditional_compression:
    "messages are never large enough to be compressed; compressed ones of peers are read",
  use_apphbd: "there is no application heartbeat daemon",
  use_logd: "log lines are written directly; name a `logfile` or a `logfacility`",
  uuidfrom: "the node's uuid is always kept in a file",
  watchdog: "the kernel's watchdog is not fed yet: a node that hangs is not restarted",
};

/** Values that ask for what happens anyway, lower-case. */
export const SILENT_VALUES: Readonly<Record<string, readonly string[]>> = {
  hbgenmethod: ["file"],
  log_badpack: ["true", "on", "yes", "y", "1"],
  traditional_compression: ["false", "off", "no", "n", "0"],
  use_apphbd: ["false", "off", "no", "n", "0"],
  use_logd: ["false", "off", "no", "n", "0"],
  uuidfrom: ["file"],
};
