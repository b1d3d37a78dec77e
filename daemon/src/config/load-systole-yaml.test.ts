import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, SEED_HA_CF, seedMachine, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig, type LoadedConfig } from "./load-config.js";

const WITHOUT_PING = SEED_HA_CF.replaceAll(/^(ping|respawn) .*$/gm, "");
let made: HaDirectory | undefined;

function load(systoleYaml: string): LoadedConfig {
  made = makeHaDirectory({ "systole.yaml": systoleYaml });
  return loadConfig({ haDirectory: made.path, machine: seedMachine() });
}

afterEach(() => made?.remove());

describe("systole.yaml beside the three files", () => {
  const file = `
plugins:
  - use: ./queue
    with: { depth: 3 }
transports: [carrier]
membership: swim
policy: placement
notifiers: [pager]
fence: [rack]
defaults: { timeouts: { start: 30s, monitor: 5s }, on-fail: move, migration-threshold: 0 }
resources:
  nginx: { parameters: { warm: true }, monitor: { every: 2s }, timeouts: { start: 9s }, on-fail: fence }
`;

  it("adds to the model what they have no words for", () => {
    const { model, problems } = load(file);
    expect(problems).toEqual([]);
    expect(model?.plugins.at(-1)).toEqual({
      use: "./queue",
      with: { depth: 3 },
      from: { specifier: "./queue", directory: made?.path },
    });
    expect(model?.providers).toMatchObject({
      authenticator: "classic",
      membership: "swim",
      policy: "placement",
      transports: ["ucast:eth0:10.10.180.222", "ping:10.10.180.1", "carrier"],
      notifiers: ["pager"],
      fenceDevices: ["rack"],
    });
    expect(model?.resources.find(({ name }) => name === "nginx")?.parameters).toEqual({ warm: "true" });
    const [address, nginx] = model?.groups[0]?.resources ?? [];
    expect(address?.rules).toEqual({
      onFail: "move",
      migrationThreshold: 0,
      operationTimeoutMs: { start: 30_000, status: 5000 },
    });
    expect(nginx?.rules).toEqual({
      monitorEveryMs: 2000,
      onFail: "fence",
      migrationThreshold: 0,
      operationTimeoutMs: { start: 9000, status: 5000 },
    });
  });

  it("gives a resource to a plugin's agent, whatever its name would mean", () => {
    const yaml = "resources:\n  nginx: { agent: program, parameters: { command: /usr/bin/true } }\n";
    const { model, problems, resources } = load(yaml);
    expect(problems).toEqual([]);
    expect(resources.map(({ resolvesTo }) => resolvesTo)).toEqual(["native:ipaddr", "plugin:program"]);
    expect(model?.groups[0]?.resources[1]).toMatchObject({ name: "nginx", agent: "program" });
    expect(model?.plugins.map(({ use }) => use)).not.toContain("agent-nginx");
  });

  it("chooses quorums, a store and what a node does that is left alone", () => {
    const { model, problems } = load("quorum: [majority]\nisolation: hold\nstore: remote\n");
    expect(problems).toEqual([]);
    expect(model).toMatchObject({
      isolation: "hold",
      providers: { quorums: ["majority"], services: { network: "linux", store: "remote" } },
    });
  });

  it.each([
    ["with a ping node, and nothing written", "{}", true, "release"],
    ["without one", "{}", false, "hold"],
    ["with a quorum", "quorum: [majority]", false, "release"],
    ["as written", "isolation: hold", true, "hold"],
  ])("isolation %s", (_name, yaml, withPing, isolation) => {
    made = makeHaDirectory({ "systole.yaml": yaml, ...(!withPing && { "ha.cf": WITHOUT_PING }) });
    expect(loadConfig({ haDirectory: made.path, machine: seedMachine() }).model?.isolation).toBe(isolation);
  });

  it("refuses what would leave a node that is alone without any way to serve", () => {
    made = makeHaDirectory({ "systole.yaml": "isolation: release\n", "ha.cf": WITHOUT_PING });
    const { problems } = loadConfig({ haDirectory: made.path, machine: seedMachine() });
    expect(problems.filter(({ severity }) => severity === "error").map(({ code }) => code)).toEqual([
      "yaml.no-quorum",
    ]);
    made.remove();
    expect(load("isolation: fence\n").problems.map(({ code }) => code)).toEqual(["yaml.no-fence-device"]);
  });

  it("is held against haresources, and against itself", () => {
    const wrong = `plugins: [{ use: a }, { use: a }]
resources:
  ngnix: {}
  nginx: { on-fail: fence }
`;
    const { model, problems } = load(wrong);
    expect(problems.map(({ severity, code, line }) => `${line} ${severity} ${code}`)).toEqual([
      "1 error yaml.duplicate",
      "3 error yaml.resource-unknown",
      "4 error yaml.no-fence-device",
    ]);
    expect(model).toBeUndefined();
  });
});
