import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, SEED_HA_CF, seedMachine, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig, type LoadedConfig } from "./load-config.js";

let made: HaDirectory | undefined;

function load(systoleYaml: string, files: Readonly<Record<string, string>> = {}): LoadedConfig {
  made = makeHaDirectory({ "systole.yaml": systoleYaml, ...files });
  return loadConfig({ haDirectory: made.path, machine: seedMachine() });
}

afterEach(() => made?.remove());

function problemsOf(systoleYaml: string, files?: Readonly<Record<string, string>>): readonly string[] {
  return load(systoleYaml, files).problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe("fencing in systole.yaml", () => {
  it("in its short form tries each device by itself, in their order", () => {
    const { model } = load("fence: [rack, spare]\n");
    expect(model?.providers.fenceDevices).toEqual(["rack", "spare"]);
    expect(model?.fencing).toEqual({
      action: "reset",
      timeoutMs: 60_000,
      levels: [["rack"], ["spare"]],
      nodes: {},
      rules: { delayMs: {}, priorityDelayMs: 5000, retryMs: 5000, longestRetryMs: 60_000, attempts: 0 },
      before: [],
      after: [],
    });
  });

  it("needs its programs on this machine", () => {
    const hooks = `fence: [rack]
fencing:
  before: [{ program: /opt/ask, args: [now], required: true }]
  after: [{ program: /bin/sh, timeout: 1m }]
`;
    expect(problemsOf(hooks)).toEqual(["3:14 yaml.program-missing"]);
    made?.remove();
    const { model } = load(hooks.replace("/opt/ask", "/bin/true"));
    expect(model?.fencing).toMatchObject({
      before: [{ program: "/bin/true", args: ["now"], timeoutMs: 10_000, required: true }],
      after: [{ program: "/bin/sh", args: [], timeoutMs: 60_000, required: false }],
    });
  });

  it("says the rest under fencing, and loads every device that a level names", () => {
    const { model, problems } = load(`fence: [rack]
fencing:
  action: off
  timeout: 10m
  priority-delay: 0s
  retry: { first: 1s, longest: 30s, attempts: 4 }
  nodes:
    Master: { levels: [ipmi, [left, right]], delay: 3s }
`);
    expect(problems).toEqual([]);
    expect(model?.providers.fenceDevices).toEqual(["rack", "ipmi", "left", "right"]);
    expect(model?.fencing).toMatchObject({
      action: "off",
      timeoutMs: 600_000,
      levels: [["rack"]],
      nodes: { master: [["ipmi"], ["left", "right"]] },
      rules: {
        delayMs: { master: 3000 },
        priorityDelayMs: 0,
        retryMs: 1000,
        longestRetryMs: 30_000,
        attempts: 4,
      },
    });
  });

  it.each([
    ["fence", "isolation: hold\nfence: [rack]\n", "2:1 fencing.no-quorum"],
    [
      "fencing.nodes",
      "fencing:\n  nodes:\n    master: { levels: [a] }\n    cluster1: { levels: [a] }\n",
      "2:3 fencing.no-quorum",
    ],
  ])("warns at %s when a node that is cut off could not know it", (_name, yaml, warning) => {
    const alone = { "ha.cf": SEED_HA_CF.replaceAll(/^(?:ping|respawn) .*$/gm, "") };
    expect(problemsOf(yaml, alone)).toEqual([warning]);
    made?.remove();
    expect(problemsOf(`${yaml}quorum: [witness]\n`, alone)).toEqual([]);
    made?.remove();
    expect(problemsOf(yaml)).toEqual([]);
  });

  it("warns at ha.cf's own device as well", () => {
    const haCf = SEED_HA_CF.replaceAll(/^(?:ping|respawn) .*$/gm, "");
    const alone = { "ha.cf": `${haCf}stonith_host * null master cluster1\n` };
    expect(problemsOf("", alone)).toEqual([`${String(haCf.split("\n").length)}:1 fencing.no-quorum`]);
  });

  it("knows where each device is named, for those that no plugin offers", () => {
    const { fenceDevicePlace } = load(
      "fence: [rack,\n  spare]\nfencing:\n  nodes: { master: { levels: [[left, right]] } }\n",
    );
    expect(fenceDevicePlace("spare")).toEqual({ line: 2, column: 3 });
    expect(fenceDevicePlace("right")).toEqual({ line: 4, column: 31 });
    expect(fenceDevicePlace("nowhere")).toBeUndefined();
  });

  it.each([
    ["no device at all", "fencing: { action: off }\n", ["1:1 yaml.no-fence-device"]],
    [
      "a node of another cluster",
      "fence: [a]\nfencing:\n  nodes: { mastr: { delay: 3s } }\n",
      ["3:12 yaml.node-unknown"],
    ],
    [
      "a node that no device fences",
      "fencing:\n  nodes:\n    master: { levels: [a] }\n",
      ["2:3 yaml.no-fence-device"],
    ],
    ["an empty level", "fencing: { nodes: { master: { levels: [[]] } } }\n", ["1:40 yaml.invalid-value"]],
    [
      "pauses the wrong way round",
      "fence: [a]\nfencing: { retry: { first: 9s, longest: 2s } }\n",
      ["2:32 yaml.invalid-value"],
    ],
    [
      "a program without a path",
      "fence: [a]\nfencing: { before: [{ program: page }] }\n",
      ["2:32 yaml.invalid-value"],
    ],
    [
      "a required program afterwards",
      "fence: [a]\nfencing: { after: [{ program: /x, required: true }] }\n",
      ["2:35 yaml.unknown-key"],
    ],
  ])("complains of %s, with its place", (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe("a stonith line of ha.cf", () => {
  function loadBoth(systoleYaml: string): LoadedConfig {
    const haCf = `${SEED_HA_CF}stonith_host * external/ssh master cluster1\n`;
    made = makeHaDirectory({ "systole.yaml": systoleYaml, "ha.cf": haCf });
    return loadConfig({ haDirectory: made.path, machine: seedMachine() });
  }

  it("is the device of a configuration that names no other", () => {
    const { model, problems } = loadBoth("");
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(model?.providers.fenceDevices).toEqual(["stonith"]);
    expect(model?.fencing?.levels).toEqual([["stonith"]]);
    expect(model?.plugins.map(({ use }) => use)).toContain("fence-stonith");
  });

  it("gives way to a list in systole.yaml, which may name it", () => {
    expect(loadBoth("fence: [rack, stonith]\n").model?.providers.fenceDevices).toEqual(["rack", "stonith"]);
  });

  it("and the same plugin in systole.yaml are one configuration too many", () => {
    const { problems } = loadBoth("plugins: [{ use: fence-stonith }]\n");
    expect(problems.map(({ code }) => code)).toContain("yaml.duplicate");
  });
});
