// The doors of files: heartbeat's three, systole.yaml, and what heartbeat has left on the machine.
import assert from "node:assert/strict";
import { parseAuthKeys } from "../config/authkeys.js";
import { HA_CF_DIRECTIVES, parseHaCf } from "../config/ha-cf/parse.js";
import { parseHaResources } from "../config/haresources.js";
import { Problems, type Parsed } from "../config/problem.js";
import { resolveResource } from "../config/resolve-resource.js";
import { parseSystoleYaml } from "../config/systole-yaml/parse.js";
import { failbackOf, groupsOf } from "../config/systole-yaml/whole/groups-of.js";
import { checkPlacementNeeds } from "../config/systole-yaml/whole/placement-needs.js";
import { checkContradictions } from "../config/systole-yaml/whole/placement-rules-of.js";
import { settingsOf } from "../config/systole-yaml/whole/settings-of.js";
import { formatHostCache, parseHostCache } from "../hostcache.js";
import { formatLogRecord } from "../log/log-line.js";

const SECRET = "Xq9Zv7Kp";
const LOOKUP = {
  resourceDirectory: "/r",
  initDirectory: "/i",
  ocfDirectory: "/o",
  unitDirectories: ["/u"],
  isExecutableFile: () => false,
  namesIn: () => ["IPaddr", "nginx"],
};
/** A file of 64 KiB that is wrong in every line has that many problems, and not many times more. */
const PROBLEMS_OF_A_LINE = 300;

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

/** Each problem has a sentence and a place in the text; what is said of them is their codes. */
function judged(text: string, { problems }: Parsed<unknown>): string {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  assert.ok(problems.length <= PROBLEMS_OF_A_LINE * lines.length, `${problems.length} problems`);
  for (const { line, column, message } of problems) {
    assert.notEqual(message, "");
    assert.ok(line === 0 ? column === 0 : (lines[line - 1]?.length ?? -1) >= column - 1, `${line}:${column}`);
  }
  return [...new Set(problems.map(({ code }) => code))].toSorted().slice(0, 3).join();
}

export const configDoors = [
  {
    name: "ha-cf",
    promise: "settings and problems, each with a sentence and a place inside the text",
    words: [...HA_CF_DIRECTIVES, "eth0 10.0.0.2", "225.0.0.1 694 1 0", "/dev/ttyS0", "on", "off", "auto", "200ms", "\n", "\\\n", "#"], // prettier-ignore
    seeds: [
      "keepalive 1\ndeadtime 10\nwarntime 5\ninitdead 60\nudpport 694\nbcast eth0\nmcast eth1 225.0.0.1 694 1 0\nucast eth0 10.0.0.2\nnode master cluster1\nauto_failback on\nping 10.0.0.254\nrespawn hacluster /usr/lib/heartbeat/ipfail\napiauth ipfail gid=haclient uid=hacluster\n",
      "serial /dev/ttyS0\nbaud 19200\nuse_logd yes\nlogfacility local0\ncompression bz2\nhopfudge 1\nstonith_host * meatware master cluster1\nwatchdog /dev/watchdog\ndeadping 10\nautojoin any\nnode a b\n",
    ],
    feed(bytes: Uint8Array): string {
      const text = textOf(bytes);
      return judged(text, parseHaCf(text, "ha.cf"));
    },
  },
  {
    name: "authkeys",
    promise: "keys and problems with a place, and no problem repeats a word of the file that may be a key",
    words: ["auth ", "1 ", "crc", "md5 ", "sha1 ", SECRET, "\n"],
    seeds: [`auth 1\n1 sha1 ${SECRET}\n`, `auth 2\n1 md5 ${SECRET}\n2 crc\n`],
    feed(bytes: Uint8Array): string {
      const text = textOf(bytes);
      const parsed = parseAuthKeys(text, "authkeys");
      assert.ok(!JSON.stringify(parsed.problems).includes(SECRET), "a key is told");
      return judged(text, parsed);
    },
  },
  {
    name: "haresources",
    promise: "groups and problems with a place; each resource is resolved or explained",
    words: ["master ", "IPaddr::", "10.0.0.1/24/eth0/10.0.0.255", "nginx", "ocf::heartbeat:IPaddr2::", "systemd:", "lsb:", "::", "\\\n", "\n"], // prettier-ignore
    seeds: [
      "master IPaddr::10.0.0.1/24/eth0 nginx\ncluster1 10.0.0.2 ocf:heartbeat:nginx systemd:postfix.service\n",
    ],
    feed(bytes: Uint8Array): string {
      const text = textOf(bytes);
      const parsed = parseHaResources(text, "haresources");
      const words = parsed.value.flatMap(({ resources }) => resources);
      for (const resource of words) {
        const resolution = resolveResource(resource.text, LOOKUP);
        if (!resolution.ok) assert.notEqual(resolution.message, "");
      }
      return `${judged(text, parsed)} ${words.length > 0}`;
    },
  },
  {
    name: "systole-yaml",
    promise:
      "settings and problems with a place, also for aliases of aliases and for what is nested without end",
    words: ["nodes: ", "groups: ", "media: ", "constraints: ", "prefer: ", "resources: ", "fencing:", "security:", "resources:", "transports:", "quorum:", "&a ", "*a", "<<: ", "- ", "  ", "\n", "{", "[", "!!binary ", "__proto__: ", "\t", "? ", "|\n"], // prettier-ignore
    seeds: [
      "security: { mode: enforce, readers: staff }\nfencing:\n  retry: { attempts: 3 }\n  levels:\n    cluster1: [[ipmi]]\nresources:\n  nginx: { parameters: { port: 0755 } }\n",
      "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
      "nodes: { a: { address: 10.0.0.1, weight: 2 }, b: { addresses: [10.0.0.2] } }\nmedia:\n  - unicast: { interface: eth0 }\n  - ping: 10.0.0.9\ngroups:\n  web: { resources: [10.0.0.3/24/eth0, nginx], prefer: [a, b], failback: after 5m }\nconstraints:\n  - together: [web, x]\n  - apart: [x, web]\n",
      "isolation: hold\nplugins:\n  - use: fence-agents\n    with: { x: 1 }\n",
    ],
    feed(bytes: Uint8Array): string {
      // The YAML library takes time by the square of what is wrong: it is the operator's own file, and not longer than this.
      const text = textOf(bytes.subarray(0, 16_384));
      const { value, problems } = parseSystoleYaml(text, "systole.yaml");
      const found = new Problems("systole.yaml");
      if (value.settings.nodes !== undefined) {
        settingsOf(value, "master", failbackOf(value.settings), found);
        checkPlacementNeeds(value, found);
        checkContradictions(value, groupsOf(value, found), found);
      }
      return judged(text, { value, problems: [...problems, ...found.found] });
    },
  },
  {
    name: "hostcache",
    promise:
      "at most 200 nodes with names that are names; what is read is a fixed point of writing and reading",
    words: ["\t", "\n", "00000000-0000-0000-0000-000000000000", "1000000"],
    seeds: ["master\t01234567-89ab-cdef-0123-456789abcdef\t100\tnorth\ncluster1\t00000000-0000-0000-0000-000000000000\t5\t\n"], // prettier-ignore
    feed(bytes: Uint8Array): string {
      const nodes = parseHostCache(textOf(bytes));
      assert.ok(nodes.length <= 200);
      const written = formatHostCache(nodes);
      assert.equal(formatHostCache(parseHostCache(written)), written);
      return `${nodes.length > 0} ${nodes.some(({ uuid }) => uuid !== undefined)}`;
    },
  },
  {
    name: "log-line",
    promise: "one line, in which no terminal's cursor moves, whatever a stranger has called himself",
    words: ["\u001b[2J", "\r", "\u2028", "\u202e", "\n", "\u0007", '"'],
    seeds: ["node a is dead", '{"peer":"x","reason":"y z"}'],
    feed(bytes: Uint8Array): string {
      const text = textOf(bytes);
      const record = { level: 40, time: "", msg: "frame.refused", fields: { from: text, many: [text] } };
      const line = formatLogRecord(record);
      // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
      assert.ok(line.length < 40_000);
      return line.includes("\\u") ? "escaped" : "plain";
    },
  },
];
