// Brokers of MQTT in ha.cf, in systole.yaml, and in both: what becomes of them, and what is wrong where.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { check } from "../commands/check.js";
import { recordingTerminal } from "../testkit/recording-terminal.js";
import { makeHaDirectory, SEED_HA_CF, seedMachine, type HaDirectory } from "../testkit/seed-files.js";
import { parseHaCf } from "./ha-cf/parse.js";
import { loadConfig } from "./load-config.js";

const directories: HaDirectory[] = [];

afterEach(() => {
  for (const made of directories.splice(0)) made.remove();
});

function directory(files: Readonly<Record<string, string>>): HaDirectory {
  const made = makeHaDirectory(files);
  directories.push(made);
  return made;
}

function load(files: Readonly<Record<string, string>>) {
  return loadConfig({ haDirectory: directory(files).path, machine: seedMachine() });
}

const parse = (lines: string) => {
  const { value, problems } = parseHaCf(`${lines}\nnode a b\n`, "ha.cf");
  return {
    brokers: value.brokers.map(({ name, url, prefix }) => [
      name,
      url,
      ...(prefix === undefined ? [] : [prefix]),
    ]),
    problems: problems.map(({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`),
  };
};

describe("the directive mqtt", () => {
  it("names brokers by their host, each one a medium", () => {
    const lines =
      "cluster shop\nmqtt mqtts://west.example # ours\nmqtt ws://east.example:9001/mqtt site/ha\nmqtt mqtt://west.example";
    expect(parse(lines)).toEqual({
      brokers: [
        ["west.example", "mqtts://west.example"],
        ["east.example:9001", "ws://east.example:9001/mqtt", "site/ha"],
        ["west.example-2", "mqtt://west.example"],
      ],
      problems: [],
    });
  });

  it.each([
    ["mqtt", ["1:1 error medium.incomplete", "0:0 error medium.none"]],
    ["mqtt broker", ["1:6 error broker.invalid-url", "0:0 error medium.none"]],
    ["mqtt mqtt://me:s3cret@broker", ["1:6 error broker.invalid-url", "0:0 error medium.none"]],
    ["mqtt mqtt://broker a/#", ["1:20 error broker.invalid-prefix", "0:0 error medium.none"]],
    ["mqtt mqtt://broker a b", ["1:22 error medium.surplus", "0:0 error medium.none"]],
    ["mqtt mqtt://broker", ["1:6 warning cluster.unnamed"]],
    ["mqtt mqtt://broker\ncluster a/b", ["2:9 error cluster.invalid-name"]],
    ["cluster x\nmqtt mqtt://broker\nmqtt mqtt://broker", ["3:6 warning medium.duplicate"]],
  ])("%s", (lines, problems) => expect(parse(lines).problems).toEqual(problems));

  it("bounds how many there are, and any name of a cluster is fine where there is no broker", () => {
    const many = Array.from({ length: 17 }, (_, index) => `mqtt mqtt://b${index}`).join("\n");
    expect(parse(`cluster shop\n${many}`).problems).toEqual(["18:6 error medium.too-many"]);
    expect(parse("cluster a/b\nbcast eth0").problems).toEqual([]);
  });
});

const NO_NETWORK = SEED_HA_CF.replace(/^ucast .*$/m, "").replaceAll(/^(ping|respawn) .*$/gm, "");
const YAML = `plugins:
  - use: transport-mqtt
    with:
      brokers:
        - { name: cloud, url: "mqtts://cloud.example", user: shop, password: { file: /etc/ha.d/mqtt.password } }
transports: ["mqtt:cloud"]
`;

describe("brokers in the model", () => {
  it("come from ha.cf as one plugin and as media behind the others", () => {
    const { model, problems } = load({
      "ha.cf": `${SEED_HA_CF}cluster shop\nmqtt mqtts://west.example ha\n`,
    });
    expect(problems).toEqual([]);
    expect(model?.plugins.find(({ use }) => use === "transport-mqtt")).toEqual({
      use: "transport-mqtt",
      with: {
        cluster: "shop",
        brokers: [{ name: "west.example", url: "mqtts://west.example", prefix: "ha" }],
      },
    });
    expect(model?.providers.transports).toEqual([
      "ucast:eth0:10.10.180.222",
      "mqtt:west.example",
      "ping:10.10.180.1",
    ]);
  });

  it("may be the only media, from either file", () => {
    expect(load({ "ha.cf": `${NO_NETWORK}cluster shop\nmqtt mqtts://west.example\n` }).model).toBeDefined();
    const { model, problems } = load({ "ha.cf": `${NO_NETWORK}cluster shop\n`, "systole.yaml": YAML });
    expect(problems).toEqual([]);
    expect(model?.providers.transports).toEqual(["mqtt:cloud"]);
    expect(load({ "ha.cf": NO_NETWORK }).problems.map(({ code }) => code)).toContain("medium.none");
  });

  it("of both files are one plugin's, those of systole.yaml first, under the name that ha.cf gives the cluster", () => {
    const { model } = load({
      "ha.cf": `${SEED_HA_CF}cluster shop\nmqtt mqtts://west.example\n`,
      "systole.yaml": YAML,
    });
    const uses = model?.plugins.filter(({ use }) => use === "transport-mqtt") ?? [];
    expect(uses).toHaveLength(1);
    expect(uses[0]?.with).toMatchObject({
      cluster: "shop",
      brokers: [{ name: "cloud" }, { name: "west.example" }],
    });
  });

  it("are a network: crc is refused over them alone", () => {
    const files = {
      "ha.cf": `${NO_NETWORK}cluster shop\nmqtt mqtts://west.example\n`,
      authkeys: "auth 1\n1 crc\n",
    };
    expect(load(files).problems.map(({ code }) => code)).toContain("authkeys.crc-refused");
  });
});

describe("systole check", () => {
  async function checked(files: Readonly<Record<string, string>>) {
    const terminal = recordingTerminal();
    const made = directory(files);
    const code = await check({ haDir: made.path }, terminal, seedMachine());
    return { code, out: terminal.written.out.replaceAll(made.path, "/etc/ha.d") };
  }

  it("accepts them", async () => {
    const files = { "ha.cf": `${SEED_HA_CF}cluster shop\nmqtt mqtts://west.example\n`, "systole.yaml": YAML };
    expect((await checked(files)).code).toBe(0);
  });

  it("says at its line and column what is wrong with one, in either file, and never shows a password", async () => {
    const yaml = YAML.replace("mqtts://cloud.example", "mqtt://me:s3cret@cloud.example");
    const inYaml = await checked({ "ha.cf": `${SEED_HA_CF}cluster shop\n`, "systole.yaml": yaml });
    expect(inYaml.code).toBe(6);
    expect(inYaml.out).toMatch(/systole\.yaml:5:\d+: error: .*user or a password in it.*\[plugin\.refused\]/);
    const inHaCf = await checked({
      "ha.cf": `${SEED_HA_CF}cluster shop\nmqtt mqtt://me:s3cret@west.example\n`,
    });
    expect(inHaCf.out).toMatch(
      /ha\.cf:16:6: error: .*\[broker\.invalid-url\]\n {4}mqtt mqtt:\/\/\*{9}@west\.example/,
    );
    expect(inYaml.out + inHaCf.out).not.toContain("s3cret");
    const literal = YAML.replace("{ file: /etc/ha.d/mqtt.password }", "s3cret");
    const { out } = await checked({ "ha.cf": `${SEED_HA_CF}cluster shop\n`, "systole.yaml": literal });
    expect(out).toMatch(/systole\.yaml:5:\d+: error: .*never written here/);
    expect(out).not.toContain("s3cret");
  });

  it("accepts what docs/mqtt.md says to write", async () => {
    const text = readFileSync(new URL("../../../docs/mqtt.md", import.meta.url), "utf8");
    const [haCf] = /(?<=```text\n)# ha\.cf\n[^`]+/.exec(text) ?? [];
    const [yaml] = /(?<=```yaml\n)# systole\.yaml[^`]+/.exec(text) ?? [];
    if (haCf === undefined || yaml === undefined) throw new Error("the blocks are not there");
    const { code, out } = await checked({ "ha.cf": `${SEED_HA_CF}${haCf}`, "systole.yaml": yaml });
    expect(out).toContain("is good: 0 errors, 0 warnings");
    expect(code).toBe(0);
    expect(
      load({ "ha.cf": `${SEED_HA_CF}${haCf}`, "systole.yaml": yaml }).model?.providers.transports,
    ).toEqual([
      "ucast:eth0:10.10.180.222",
      "mqtt:broker.example",
      "mqtt:other.example",
      "ping:10.10.180.1",
      "mqtt:cloud",
      "mqtt:office",
    ]);
  });
});
