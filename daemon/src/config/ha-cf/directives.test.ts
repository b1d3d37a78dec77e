// Nothing of ha.cf is silently ignored: every directive that heartbeat 3.0.6 knows works, or is explained, here and in the
// documentation. One more is Systole's own.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { IGNORED_DIRECTIVES } from "./ignored.js";
import { HA_CF_DIRECTIVES } from "./parse.js";

const HEARTBEAT_DIRECTIVES =
  `apiauth auto_failback autojoin baud bcast cluster compression compression_threshold conn_logd_time
  coredumps coreroot crm crm_daemon_dir crmd_spawns_pengine deadping deadtime debug debugfile
  enable_config_writes env failfast hbaping hbgenmethod hopfudge initdead keepalive log_badpack logfacility
  logfile max_rexmit_delay mcast mcast6 memreserve msgfmt nice_failback node normalpoll pacemaker ping
  ping_group quorum_server realtime record_config_changes record_pengine_inputs respawn rtprio serial
  stonith stonith_host syslogmsgfmt traditional_compression ucast ucast6 udp udpport use_apphbd use_logd
  uuidfrom warntime watchdog`.split(/\s+/);

const OWN_DIRECTIVES = ["mqtt"];
const DIRECTIVES = [...HEARTBEAT_DIRECTIVES, ...OWN_DIRECTIVES].toSorted();

const documented = new Map(
  readFileSync(new URL("../../../../docs/ha-cf.md", import.meta.url), "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, directive, fate, text] =
        /^\| `([a-z0-9_]+)` \| (works|explained) \| (.+) \|$/.exec(line) ?? [];
      return directive === undefined ? [] : [[directive, { fate, text: text ?? "" }] as const];
    }),
);

describe("the directives of heartbeat", () => {
  it("are all understood, and no others but our own", () => {
    expect(HA_CF_DIRECTIVES).toEqual(DIRECTIVES);
  });

  it("stand in docs/ha-cf.md, each once", () => {
    expect([...documented.keys()].toSorted()).toEqual(DIRECTIVES);
  });

  it.each(DIRECTIVES)("%s is documented as it is", (directive) => {
    const reason = IGNORED_DIRECTIVES[directive];
    expect(documented.get(directive)?.fate).toBe(reason === undefined ? "works" : "explained");
    expect(documented.get(directive)?.text).toContain(reason ?? "");
  });
});
