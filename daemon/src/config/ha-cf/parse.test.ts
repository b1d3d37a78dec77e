import { describe, expect, it } from "vitest";
import { SEED_HA_CF } from "../../testkit/seed-files.js";
import { HA_CF_DIRECTIVES, parseHaCf } from "./parse.js";

const MINIMAL = "bcast eth0\nnode a\nnode b\n";

/** Problems of a minimal file with these lines before it, as `line:column severity code`. */
function problemsOf(lines: string, rest = MINIMAL): string[] {
  return parseHaCf(`${lines}\n${rest}`, "ha.cf").problems.map(
    ({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`,
  );
}

describe("the seed's ha.cf", () => {
  const { value, problems } = parseHaCf(SEED_HA_CF, "/etc/ha.d/ha.cf");

  it("has no problem", () => {
    expect(problems).toEqual([]);
  });

  it("is read completely", () => {
    expect(value.nodes.map((node) => node.value)).toEqual(["master", "cluster1"]);
    expect(value.media).toMatchObject([
      { kind: "ucast", interface: "eth0", address: "10.10.180.222", port: 694 },
    ]);
    expect(value.pings).toMatchObject([{ name: "10.10.180.1", group: false, hosts: ["10.10.180.1"] }]);
    expect(value.times).toMatchObject({
      keepalive: { value: 2000 },
      deadtime: { value: 30_000 },
      warntime: { value: 10_000 },
      initdead: { value: 120_000 },
    });
    expect(value.failback?.value).toBe("on");
    expect(value.ipfail).toEqual({ text: expect.stringContaining("ipfail"), line: 14, column: 19 });
    expect(value).toMatchObject({
      logFile: "/var/log/ha-log",
      debugFile: "/var/log/ha-debug",
      logFacility: "local0",
      hopFudge: 1,
      innerSignature: true,
      traditionalCompression: false,
      compressionThresholdKib: 2,
      maxRetransmitDelayMs: 250,
    });
    expect(value.environment).toMatchObject({ keepalive: "2", auto_failback: "on", udpport: "694" });
  });

  it("is the same with a byte order mark and CR LF", () => {
    const dos = `\uFEFF${SEED_HA_CF.replaceAll("\n", "\r\n")}`;
    expect(parseHaCf(dos, "/etc/ha.d/ha.cf")).toEqual({ value, problems: [] });
  });
});

describe("syntax", () => {
  it("takes blanks, commas, comments and indentation as heartbeat does", () => {
    const { value, problems } = parseHaCf("  node a,b  c # more\n\tbcast\teth0 , eth1#x\n", "ha.cf");
    expect(problems).toEqual([]);
    expect(value.nodes.map(({ value, at }) => [value, at.column])).toEqual([
      ["a", 8],
      ["b", 10],
      ["c", 13],
    ]);
    expect(value.media.map((medium) => medium.interface)).toEqual(["eth0", "eth1"]);
  });

  it("lower-cases node names", () => {
    expect(parseHaCf("node Master", "ha.cf").value.nodes[0]?.value).toBe("master");
  });

  it("lets the last of several values count, and says so", () => {
    const { value } = parseHaCf("keepalive 1 2\nwarntime 3\nwarntime 4\n", "ha.cf");
    expect(value.times).toMatchObject({ keepalive: { value: 2000 }, warntime: { value: 4000 } });
    expect(problemsOf("keepalive 1 2\nwarntime 3\nwarntime 4")).toEqual([
      "1:1 warning directive.many-values",
      "3:1 warning directive.repeated",
    ]);
  });

  it("reports everything at once", () => {
    expect(problemsOf("keepalve 2\ndeadtime 1s\nlogfacility local9\ncrm yes", "")).toEqual([
      "1:1 error directive.unknown",
      "2:10 error time.invalid",
      "3:13 error logfacility.invalid",
      "4:5 error crm.unsupported",
      "0:0 error node.none",
      "0:0 error medium.none",
    ]);
  });

  it("names the directive that was meant", () => {
    const [problem] = parseHaCf("keepalve 2", "ha.cf").problems;
    expect(problem?.message).toBe('there is no directive "keepalve"; did you mean "keepalive"?');
    const [stranger] = parseHaCf("frobnicate 2", "ha.cf").problems;
    expect(stranger?.message).toContain("delete the line");
  });

  it("stops counting problems of a file that is something else", () => {
    expect(parseHaCf("\u0001\n".repeat(10_000), "ha.cf").problems).toHaveLength(200);
  });
});

describe("bad lines", () => {
  it.each([
    ["KEEPALIVE 2", "1:1 error directive.unknown"],
    ["keepalive", "1:1 error directive.no-value"],
    ["keepalive 0", "1:11 error time.zero"],
    ["keepalive 100us", "1:11 error time.zero"],
    ["keepalive two", "1:11 error time.invalid"],
    ["hopfudge 256", "1:10 error number.invalid"],
    ["hopfudge -1", "1:10 error number.invalid"],
    ["max_rexmit_delay 250ms", "1:18 error number.invalid"],
    ["debug many", "1:7 error number.invalid"],
    ["logfile ha-log", "1:9 error path.relative"],
    ["auto_failback maybe", "1:15 error failback.invalid"],
    ["compression lzma", "1:13 error compression.unknown"],
    ["compression bz2", "1:13 warning compression.zlib-sent"],
    ["compression_threshold 0", "1:23 error number.invalid"],
    ["compression_threshold 2k", "1:23 error number.invalid"],
    ["traditional_compression maybe", "1:25 error boolean.invalid"],
    ["msgfmt xml", "1:8 error msgfmt.invalid"],
    ["autojoin all", "1:10 error autojoin.invalid"],
    ["hbgenmethod disk", "1:13 error hbgenmethod.invalid"],
    ["uuidfrom dice", "1:10 error uuidfrom.invalid"],
    ["log_badpack perhaps", "1:13 error boolean.invalid"],
    ["apiauth ipfail", "1:1 error apiauth.invalid"],
    ["apiauth ipfail hacluster", "1:16 error apiauth.invalid"],
    ["apiauth ipfail uid=", "1:16 error apiauth.invalid"],
    ["failfast root", "1:1 error respawn.incomplete"],
    ["watchdog", "1:1 error directive.no-value"],
    ["watchdog watchdog0", "1:10 error path.relative"],
    ["pacemaker respawn", "1:11 error crm.unsupported"],
    ["udpport 0", "1:9 error port.invalid"],
    ["udpport 65536", "1:9 error port.invalid"],
    ["udpport http", "1:9 error port.invalid"],
    ["node", "1:1 error node.no-name"],
    ["node a=b", "1:6 error node.invalid-name"],
    ["node c c", "1:8 warning node.duplicate"],
    [`node ${"n".repeat(101)}`, "1:6 error node.invalid-name"],
    ["bcast", "1:1 error medium.incomplete"],
    ["bcast eth0:0", "1:7 error interface.invalid-name"],
    ["bcast an-interface-too-long", "1:7 error interface.invalid-name"],
    ["ucast eth0", "1:1 error medium.incomplete"],
    ["ucast eth0 10.0.0.1 694", "1:21 error medium.surplus"],
    ["ucast eth0 10.0.0.256", "1:12 error address.invalid"],
    ["ucast eth0 peer.example", "1:12 error address.invalid"],
    ["ucast eth0 fe80::1", "1:12 error address.invalid"],
    ["ucast eth0 225.0.0.1", "1:12 error address.invalid"],
    ["ucast6 eth0 10.0.0.1", "1:13 error address.invalid"],
    ["ucast6 eth0 fe80::1%eth1", "1:13 error address.invalid"],
    ["mcast eth0 225.0.0.1 694 1", "1:1 error medium.incomplete"],
    ["mcast eth0 10.0.0.1 694 1 0", "1:12 error address.not-multicast"],
    ["mcast eth0 225.0.0.1 0 1 0", "1:22 error port.invalid"],
    ["mcast eth0 225.0.0.1 694 5 0", "1:26 error ttl.invalid"],
    ["mcast eth0 225.0.0.1 694 1 yes", "1:28 error loop.invalid"],
    ["mcast6 eth0 fe80::1 694 1 0", "1:13 error address.not-multicast"],
    ["ping", "1:1 error ping.no-host"],
    ["ping 10.0.0.300", "1:6 error ping.invalid-host"],
    ["ping 10.0.0.1 10.0.0.1", "1:15 warning ping.duplicate"],
    ["ping_group gw", "1:1 error ping.no-host"],
    ["ping_group gw 10.0.0.1 10.0.0.999", "1:24 error ping.invalid-host"],
    ["ping_group g/w 10.0.0.1", "1:12 error ping.invalid-name"],
    ["respawn hacluster", "1:1 error respawn.incomplete"],
    ["respawn hacluster ipfail", "1:19 error path.relative"],
    ["env", "1:1 error env.invalid"],
    ["env 1=2", "1:5 error env.invalid"],
    ["node c\u0000", "1:7 error file.control-character"],
    [`node ${"c ".repeat(3000)}`, "1:5121 error file.line-too-long"],
    ["udp eth1", "1:1 warning directive.renamed"],
    ["quorum_server quorum.example.org", "1:1 warning directive.ignored"],
    ["realtime on", "1:1 warning directive.ignored"],
    ["nice_failback on", "1:1 warning directive.ignored"],
  ])("%s", (line, problem) => {
    expect(problemsOf(line)).toEqual([problem]);
  });

  it.each([
    "crm no",
    "crm off",
    "autojoin none",
    "hbgenmethod file",
    "uuidfrom file",
    "use_logd off",
    "env A=b",
    "autojoin any",
    "hbgenmethod time",
    "log_badpack no",
    "respawn root /usr/lib/heartbeat/dopd",
    "uuidfrom nodename",
    "watchdog /dev/watchdog",
  ])("%s is taken without a word", (line) => {
    expect(problemsOf(line)).toEqual([]);
  });

  it.each([
    ["use_logd on", "daemon"],
    ["use_logd on\nlogfacility local3", "local3"],
    ["logfacility local3\nuse_logd on", "local3"],
    ["use_logd off", undefined],
  ])("%j sends lines to syslog as %s", (lines, facility) => {
    expect(parseHaCf(`${lines}\n${MINIMAL}`, "ha.cf").value.logFacility).toBe(facility);
  });

  it("refuses a second watchdog, as heartbeat does", () => {
    expect(problemsOf("watchdog /dev/watchdog0\nwatchdog /dev/watchdog1")).toEqual([
      "2:10 error watchdog.duplicate",
    ]);
  });

  it("explains a directive without effect once, however often it stands there", () => {
    expect(problemsOf("hbaping a\nhbaping b\nrealtime on\nrealtime off")).toEqual([
      "1:1 warning directive.ignored",
      "3:1 warning directive.ignored",
    ]);
  });

  it("explains every directive that does nothing", () => {
    const short = HA_CF_DIRECTIVES.flatMap((directive) => {
      const ignored = parseHaCf(`${directive} 1`, "ha.cf").problems.find(
        ({ code }) => code === "directive.ignored",
      );
      return ignored !== undefined && ignored.message.length < directive.length + 25 ? [ignored.message] : [];
    });
    expect(short).toEqual([]);
  });
});

describe("media", () => {
  it("reads every kind", () => {
    const text = `udpport 700
bcast eth0
ucast6 eth1 fe80::1%eth1
mcast eth0 239.0.0.42 694 1 0
mcast6 eth1 ff02::77 695 255 1
`;
    expect(parseHaCf(text, "ha.cf").value.media.map(({ at: _at, ...medium }) => medium)).toEqual([
      { kind: "bcast", interface: "eth0", port: 700 },
      { kind: "ucast", interface: "eth1", address: "fe80::1%eth1", port: 700 },
      { kind: "mcast", interface: "eth0", group: "239.0.0.42", port: 694, ttl: 1, loop: false },
      { kind: "mcast", interface: "eth1", group: "ff02::77", port: 695, ttl: 255, loop: true },
    ]);
  });

  it("uses a medium that is written twice once", () => {
    const { value, problems } = parseHaCf(`bcast eth0\n${MINIMAL}`, "ha.cf");
    expect(value.media).toHaveLength(1);
    expect(problems).toMatchObject([{ line: 2, code: "medium.duplicate", severity: "warning" }]);
  });

  it("wants udpport above the media that shall use it", () => {
    expect(problemsOf("", `${MINIMAL}udpport 700`)).toEqual(["5:9 warning udpport.after-media"]);
    expect(problemsOf("", `${MINIMAL}udpport 694`)).toEqual([]);
    expect(problemsOf("udpport 700\nbcast eth1\nudpport 701")).toEqual([]);
  });
});
