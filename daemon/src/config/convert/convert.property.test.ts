// model(files) equals model(convert(files)), and again after converting back: for files as people write them, and for generated ones.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterModel } from "@systole/core";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { convert, forwards } from "../../commands/config/convert.js";
import { REAL_SHAPES } from "../../testkit/real-shapes.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { SEED_AUTH_KEYS, SEED_HA_CF, SEED_HA_RESOURCES } from "../../testkit/seed-files.js";
import { loadConfig } from "../load-config.js";
import { thisMachine, type Machine } from "../machine.js";

const root = mkdtempSync(join(tmpdir(), "systole-convert-"));
let made = 0;
afterAll(() => rmSync(root, { recursive: true }));

/** Where everything exists that a file may name. */
const MACHINE: Machine = {
  ...thisMachine(),
  interfaceExists: () => true,
  isDevice: () => true,
  isExecutableFile: () => true,
  accountExists: () => true,
  heartbeatDirectory: "/nowhere",
};

interface Files {
  readonly haCf: string;
  readonly haResources: string;
  readonly authKeys?: string | undefined;
  readonly systoleYaml?: string | undefined;
  readonly node: string;
}

function directoryOf({ haCf, haResources, authKeys = SEED_AUTH_KEYS, systoleYaml }: Files): string {
  const path = join(root, String((made += 1)));
  mkdirSync(path);
  writeFileSync(join(path, "ha.cf"), haCf);
  writeFileSync(join(path, "haresources"), haResources);
  writeFileSync(join(path, "authkeys"), authKeys, { mode: 0o600 });
  if (systoleYaml !== undefined) writeFileSync(join(path, "systole.yaml"), systoleYaml);
  return path;
}

function modelIn(directory: string, node: string): ClusterModel | undefined {
  const { model } = loadConfig({ haDirectory: directory, node, machine: MACHINE, insecure: true });
  return model === undefined ? undefined : withoutDirectory(model, directory);
}

/** Paths that start at the configuration's directory are the same ones elsewhere. */
function withoutDirectory(model: ClusterModel, directory: string): ClusterModel {
  return JSON.parse(JSON.stringify(model).replaceAll(directory, "/etc/ha.d")) as ClusterModel;
}

function converted(directory: string, node: string, toHeartbeat = false): string {
  const out = join(root, String((made += 1)));
  const terminal = recordingTerminal();
  const code = convert({ haDir: directory, node, out, toHeartbeat }, terminal, MACHINE);
  expect(terminal.written.err.replaceAll(/^note: .*\n/gm, "")).toBe("");
  expect(code).toBe(0);
  return out;
}

function expectSame(files: Files): void {
  const directory = directoryOf(files);
  const original = modelIn(directory, files.node);
  // Files that heartbeat would not start with are not converted either.
  if (original === undefined) return;
  const there = converted(directory, files.node);
  expect(modelIn(there, files.node)).toEqual(original);
  const back = converted(there, files.node, true);
  expect(withoutWords(modelIn(back, files.node))).toEqual(withoutWords(original));
}

/** How a word of ha.cf was spelled (`on`, `yes`) is told to scripts, and is not the same again after converting back. */
function withoutWords(model: ClusterModel | undefined): unknown {
  return JSON.parse(
    JSON.stringify(model, (key, value: unknown) =>
      key === "environment" || key === "clientEnvironment" || key === "parameters" || key === "nodes"
        ? undefined
        : value,
    ),
  );
}

describe("files as people write them mean the same after converting, and after converting back", () => {
  const shapes = REAL_SHAPES.map(({ shape, haCf, haResources, authKeys, node = "web1" }) => ({
    shape,
    files: { haCf, haResources, authKeys, node },
  }));

  it("most of them can be converted", () => {
    const good = shapes.filter(({ files }) => modelIn(directoryOf(files), files.node) !== undefined);
    expect(good.length).toBeGreaterThan(shapes.length / 2);
  });

  it.each(shapes)("$shape", ({ files }) => {
    expect(() => expectSame(files)).not.toThrow();
  });

  it("the walk-through's, with a systole.yaml beside them", () => {
    const systoleYaml =
      "cluster: x # a remark\nplugins: [{ use: ./queue }]\nresources:\n  nginx: { monitor: { every: 2s } } # watched\naddresses: { guard: off }\n";
    const files = {
      haCf: `${SEED_HA_CF}cluster x\n`,
      haResources: SEED_HA_RESOURCES,
      systoleYaml,
      node: "master",
    };
    expect(() => expectSame(files)).not.toThrow();
    const outcome = forwards(directoryOf(files), "master");
    const text = outcome.ok ? outcome.converted.files[0]?.text : "";
    expect(text).toContain("# watched");
    expect(text).toContain("deadtime: 30s # ha.cf, line 5: deadtime 30\n");
    expect(text).not.toContain("Hello!");
  });
});

const time = fc.constantFrom("1", "500ms", "2", "1500ms", "0.7");
const long = fc.constantFrom("10", "30", "15000ms", "12.5");
const port = fc.constantFrom("", "udpport 694\n", "udpport 12345\n");
const medium = fc.constantFrom(
  "bcast eth0\n",
  "ucast eth0 192.0.2.2\n",
  "ucast6 eth1 fe80::2\n",
  "mcast eth0 239.1.1.1 694 1 0\n",
  "mcast6 eth0 ff02::7 700 3 1\n",
  "serial /dev/ttyS0\n",
  "serial /dev/ttyS1\nbaud 9600\n",
  "mqtt mqtt://broker.example ha\n",
);
const option = fc.constantFrom(
  "ping 192.0.2.254\n",
  "ping_group out 192.0.2.253 192.0.2.252\n",
  "use_logd yes\n",
  "logfacility local3\n",
  "logfacility none\n",
  "cluster web\n",
  "hopfudge 3\n",
  "msgfmt netstring\n",
  "uuidfrom nodename\n",
  "log_badpack no\n",
  "debug 1\n",
  "compression_threshold 8\n",
  "traditional_compression on\n",
  "max_rexmit_delay 500\n",
  "watchdog /dev/watchdog\n",
  "respawn root /bin/true -x  y\n",
  "failfast root /bin/sh -c 'a # b'\n",
  "respawn hacluster /usr/lib/heartbeat/ipfail\n",
  "apiauth ping gid=haclient,staff uid=root\n",
  "env SITE=north\n",
  "realtime on\n",
  "coredumps true\n",
  "stonith_host * meatware a b\n",
  "stonith external/ipmi /etc/ha.d/x\n",
  "autojoin none\n",
  "debugfile /var/log/d\n",
  "# a remark\n",
);
const failback = fc.constantFrom("", "auto_failback on\n", "auto_failback no\n", "auto_failback legacy\n");
const resource = fc.constantFrom("192.0.2.10", "IPaddr::192.0.2.11/24/eth0:1", "nginx", "drbddisk::r0", "Filesystem::/dev/drbd0::/d::ext4", "ocf:heartbeat:Dummy::state=/x::fake=a", "2001:db8::10/64/eth0"); // prettier-ignore
const generated = fc
  .record({
    keepalive: time,
    deadtime: long,
    others: fc.constantFrom("", "warntime 5\n", "initdead 60\ndeadping 9\n"),
    media: fc.array(fc.tuple(port, medium), { minLength: 1, maxLength: 4 }),
    options: fc.uniqueArray(option, { maxLength: 8 }),
    failback,
    nodesFirst: fc.boolean(),
    resources: fc.uniqueArray(resource, { maxLength: 5 }),
    keys: fc.constantFrom(
      "auth 1\n1 sha1 secret\n",
      "auth 2\n2 md5 b\n7 sha1 c\n",
      "auth 1\n1 crc\n",
      "auth 3\n3 sha1 é\n",
    ),
  })
  .map(({ keepalive, deadtime, others, media, options, failback: back, nodesFirst, resources, keys }) => {
    const nodes = "node alpha bravo\n";
    const body = `keepalive ${keepalive}\ndeadtime ${deadtime}\n${others}${media.flat().join("")}${options.join("")}${back}`;
    const lines = resources.map((text, index) => `${index % 2 === 0 ? "alpha" : "bravo"} ${text}\n`);
    return {
      haCf: nodesFirst ? `${nodes}${body}` : `${body}${nodes}`,
      haResources: lines.join(""),
      authKeys: keys,
      node: "alpha",
    };
  });

describe("generated files", () => {
  it("mean the same after converting, and after converting back", () => {
    const isSame = fc.property(generated, (files) => expectSame(files));
    expect(() => fc.assert(isSame, { numRuns: 120 })).not.toThrow();
  });
});
