import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  makeHaDirectory,
  makeWholeDirectory,
  SEED_SYSTOLE_YAML,
  seedMachine,
  type HaDirectory,
} from "../testkit/seed-files.js";
import { loadConfig, type LoadedConfig } from "./load-config.js";

let made: HaDirectory | undefined;

function load(systoleYaml: string, files: Readonly<Record<string, string>> = {}): LoadedConfig {
  made?.remove();
  made = makeWholeDirectory(systoleYaml, files);
  return loadConfig({ haDirectory: made.path, machine: seedMachine(), environment: { HA_KEY: "from-env" } });
}

/** `line:column code` of each problem, in the file's order. */
function placesOf({ problems }: LoadedConfig): readonly string[] {
  return problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

/** The seed's file with a line replaced. */
function withLine(line: string, replacement: string): string {
  expect(SEED_SYSTOLE_YAML).toContain(`${line}\n`);
  return SEED_SYSTOLE_YAML.replace(`${line}\n`, replacement === "" ? "" : `${replacement}\n`);
}

const KEY = "authentication: { method: md5, key: { file: cluster.key } }";

afterEach(() => {
  made?.remove();
  made = undefined;
});

describe("systole.yaml alone", () => {
  it("becomes the model that the three files become, but for what they say more", () => {
    const { model, problems } = load(SEED_SYSTOLE_YAML);
    expect(problems).toEqual([]);
    const three = makeHaDirectory();
    const other = loadConfig({ haDirectory: three.path, machine: seedMachine() }).model;
    three.remove();
    expect(model).toMatchObject({
      self: "master",
      nodes: ["master", "cluster1"],
      pingNodes: [{ name: "10.10.180.1", group: false }],
      timings: other?.timings,
      failback: "on",
      providers: { ...other?.providers },
    });
    expect(model?.groups).toEqual([{ ...other?.groups[0], key: "web" }]);
    expect(model?.resources).toEqual(other?.resources);
    const keysOf = (one: typeof model) => one?.plugins.find(({ use }) => use === "auth-classic")?.with;
    expect(keysOf(model)).toEqual({ sign: 1, keys: [{ index: 1, method: "md5", key: "Hello!" }] });
  });

  it("sends to every other node's address, one network a unicast", () => {
    const { model } = load(`preset: vm
nodes:
  master: { addresses: [192.0.2.1, 198.51.100.1] }
  b: { addresses: [192.0.2.2, 198.51.100.2] }
  c: { addresses: [192.0.2.3, 198.51.100.3] }
media: [{ unicast: { interface: eth0 } }, { unicast: { interface: eth0, port: 695 } }]
authentication: { method: sha1, key: { env: HA_KEY } }
`);
    expect(model?.providers.transports).toEqual([
      "ucast:eth0:192.0.2.2",
      "ucast:eth0:192.0.2.3",
      "ucast:eth0:198.51.100.2",
      "ucast:eth0:198.51.100.3",
    ]);
    expect(model?.timings).toMatchObject({
      keepaliveMs: 500,
      warnMs: 2000,
      deadMs: 5000,
      initialDeadMs: 20_000,
    });
    expect(model?.failback).toBe("off");
  });

  it("knows resources by names of its own, and makes one without a group a group", () => {
    const { model, problems, resources } = load(`${SEED_SYSTOLE_YAML}resources:
  address: { agent: ipaddr, arguments: [10.10.180.230/24/eth0] }
  queue: { agent: acme-queue, parameters: { depth: 3 }, monitor: { every: 2s } }
`);
    expect(problems).toEqual([]);
    expect(model?.groups.map(({ key, home }) => [key, home])).toEqual([
      ["web", "master"],
      ["address", "master"],
      ["queue", "master"],
    ]);
    expect(model?.resources.slice(2)).toEqual([
      { name: "address", args: ["10.10.180.230/24/eth0"], parameters: {} },
      { name: "queue", args: [], parameters: { depth: "3" } },
    ]);
    expect(model?.groups[2]?.resources).toEqual([
      { name: "queue", agent: "acme-queue", rules: { monitorEveryMs: 2000 } },
    ]);
    expect(resources.map(({ resolvesTo }) => resolvesTo)).toEqual([
      "native:ipaddr",
      "native:nginx",
      "native:ipaddr",
      "plugin:acme-queue",
    ]);
    const other = load(`${SEED_SYSTOLE_YAML}resources:
  ip: { agent: "function:elastic-ip" }
  unit: { agent: "systemd:q.service" }
`);
    expect(other.resources.map(({ resolvesTo }) => resolvesTo).slice(2)).toEqual([
      "plugin:function:elastic-ip",
      null,
    ]);
  });

  it("takes a key from a file, the environment, or several while they change, and never tells it", () => {
    const keys = (text: string) => {
      const loaded = load(withLine(KEY, text));
      expect(JSON.stringify(loaded.problems)).not.toContain("Hello!");
      return loaded.model?.plugins.find(({ use }) => use === "auth-classic")?.with ?? placesOf(loaded);
    };
    expect(keys("authentication: { method: sha1, key: { env: HA_KEY } }")).toEqual({
      sign: 1,
      keys: [{ index: 1, method: "sha1", key: "from-env" }],
    });
    expect(
      keys(
        "authentication: { sign: 2, keys: [{ id: 1, method: sha1, key: { file: cluster.key } }, { id: 2, method: sha1, key: { env: HA_KEY } }] }",
      ),
    ).toMatchObject({
      sign: 2,
      keys: [
        { index: 1, key: "Hello!" },
        { index: 2, key: "from-env" },
      ],
    });
    expect(keys("authentication: { method: sha1, key: { env: NOT_SET } }")).toEqual([
      "9:33 authkeys.key-missing",
    ]);
    expect(keys("authentication: { method: sha1, key: { credential: none } }")).toEqual([
      "9:33 authkeys.key-missing",
    ]);
    expect(keys("authentication: { method: sha1, key: Hello! }")).toEqual(["9:38 yaml.invalid-value"]);
    expect(keys("")).toEqual(["1:1 yaml.missing-key"]);
  });

  it("refuses a key that others may read", () => {
    load(SEED_SYSTOLE_YAML);
    const directory = made?.path ?? "";
    chmodSync(join(directory, "cluster.key"), 0o644);
    const loaded = loadConfig({ haDirectory: directory, machine: seedMachine() });
    expect(placesOf(loaded)).toEqual(["9:32 authkeys.readable-by-others"]);
    rmSync(join(directory, "cluster.key"));
    expect(placesOf(loadConfig({ haDirectory: directory, machine: seedMachine() }))).toEqual([
      "9:32 authkeys.key-missing",
    ]);
  });
});

describe("what is wrong in systole.yaml alone", () => {
  it.each<readonly [string, string, string, readonly string[]]>([
    [
      "a node without address",
      "  cluster1: { address: 10.10.180.222 }",
      "  cluster1:",
      ["5:3 medium.incomplete"],
    ],
    ["no medium", "  - unicast: { interface: eth0 }", "", ["6:1 medium.none"]],
    [
      "another interface",
      "  - unicast: { interface: eth0 }",
      "  - unicast: { interface: eth7 }",
      ["7:5 interface.missing"],
    ],
    [
      "two kinds in one",
      "  - ping: 10.10.180.1",
      "  - { ping: 10.10.180.1, broadcast: { interface: eth0 } }",
      ["8:5 yaml.invalid-value"],
    ],
    [
      "an unknown node",
      "    prefer: [master, cluster1]",
      "    prefer: [master, clutser1]",
      ["13:22 yaml.node-unknown"],
    ],
    [
      "a resource twice",
      "    resources: [10.10.180.220/24/eth0:0, nginx]",
      "    resources: [nginx, nginx]",
      ["12:24 haresources.resource-repeated"],
    ],
    [
      "nothing that looks after it",
      "    resources: [10.10.180.220/24/eth0:0, nginx]",
      "    resources: [ngnix]",
      ["12:17 resource.not-found"],
    ],
    [
      "times that cannot be",
      "timings: { keepalive: 2s, deadtime: 30s, warntime: 10s, initdead: 120s }",
      "timings: { keepalive: 2s, deadtime: 3s }",
      ["2:27 deadtime.too-short"],
    ],
    [
      "this node is missing",
      "  master: { address: 10.10.180.221 }",
      "  other: { address: 10.10.180.221 }",
      ["4:3 node.self-missing", "13:14 yaml.node-unknown"],
    ],
    ["a failback of its own", "    failback: auto", "    failback: after 5m", ["14:5 yaml.needs-placement"]],
    [
      "scores",
      "    prefer: [master, cluster1]",
      "    prefer: { master: 100 }",
      ["13:5 yaml.needs-placement"],
    ],
    ["never", "    prefer: [master, cluster1]", "    never: [cluster1]", ["13:5 yaml.needs-placement"]],
    ["a time without unit", "    failback: auto", "    failback: after 5", ["14:15 yaml.invalid-value"]],
  ])("%s", (_what, line, replacement, expected) => {
    expect(placesOf(load(withLine(line, replacement)))).toEqual(expected);
  });

  it("names the nearest key where one is misspelled, also of a node and of a group", () => {
    const messages = (line: string, replacement: string) =>
      load(withLine(line, replacement)).problems.map(({ message }) => message);
    expect(
      messages("  cluster1: { address: 10.10.180.222 }", "  cluster1: { adress: 10.10.180.222 }"),
    ).toEqual(['there is no key "adress" in `nodes.cluster1`; did you mean "address"?']);
    expect(messages("    failback: auto", "    failbck: auto")).toEqual([
      'there is no key "failbck" in `groups.web`; did you mean "failback"?',
    ]);
  });

  it("constraints need a policy that is not here yet", () => {
    const loaded = load(
      `${SEED_SYSTOLE_YAML}constraints: [{ apart: [web, queue] }]\nresources: { queue: { agent: acme } }\n`,
    );
    expect(placesOf(loaded)).toEqual(["15:1 yaml.needs-placement"]);
    expect(loaded.problems[0]?.message).toContain(
      "needs policy: placement, which this version does not have yet",
    );
  });

  it("tells what nodes weigh to the plugin that counts votes, and says where nothing counts them", () => {
    const weighed = withLine("  cluster1: { address: 10.10.180.222 }", "  cluster1: { address: 10.10.180.222, weight: 2 }"); // prettier-ignore
    const counted = `${weighed}plugins: [{ use: quorum-majority, with: { tieBreaker: lowest } }]\nquorum: [majority]\n`;
    expect(load(counted).model?.plugins.find(({ use }) => use === "quorum-majority")?.with).toEqual({
      weights: { cluster1: 2 },
      tieBreaker: "lowest",
    });
    expect(placesOf(load(weighed))).toEqual(["5:39 yaml.no-quorum"]);
    expect(placesOf(load(counted.replace("tieBreaker: lowest", "weights: { master: 1 }")))).toEqual([
      "5:39 yaml.contradiction",
    ]);
  });

  it("refuses constraints that contradict each other, with both lines", () => {
    const loaded = load(
      `${SEED_SYSTOLE_YAML}  batch: { resources: [queue] }\nresources: { queue: { agent: acme } }\nconstraints:\n  - together: [web, batch]\n  - apart: [web, batch]\n`,
    );
    const contradiction = loaded.problems.find(({ code }) => code === "yaml.contradiction");
    expect(contradiction).toMatchObject({ line: 18, severity: "error" });
    expect(contradiction?.message).toContain("(see line 19 too)");
  });

  it("warns of files that are not read any more", () => {
    const loaded = load(SEED_SYSTOLE_YAML, { haresources: "master nginx\n" });
    expect(placesOf(loaded)).toEqual(["0:0 yaml.file-unread"]);
    expect(loaded.model).toBeDefined();
  });
});
