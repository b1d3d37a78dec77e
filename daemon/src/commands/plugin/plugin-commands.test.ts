import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTRACT_PORTS, runSubjects, type PluginSubjects } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { makeHaDirectory, SEED_HA_CF } from "../../testkit/seed-files.js";
import { fillTemplate } from "./fill-template.js";
import { PLUGIN_KINDS } from "./plugin-kinds.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "systole-plugin-"));
});

afterEach(() => rmSync(root, { recursive: true }));

async function systole(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const exitCode = await runCommandLine(["plugin", ...args], terminal);
  return { exitCode, ...terminal.written };
}

describe("systole plugin new", () => {
  it("has a kind for every port that has a contract", () => {
    const ports = PLUGIN_KINDS.map(({ port }) => port);
    // Nobody should begin a cipher from a template.
    expect([...ports, "sealer"].toSorted()).toEqual(CONTRACT_PORTS.toSorted());
  });

  it.each(PLUGIN_KINDS)("writes a $port that keeps its contract", async ({ port }) => {
    const { default: subjects } = (await import(`../../../templates/${port}/contract.ts`)) as {
      readonly default: PluginSubjects;
    };
    const reports = await runSubjects(subjects);
    expect(reports.map((report) => `${report.port} ${report.name}`)).toEqual([`${port} template-name`]);
    const results = reports.flatMap((report) => report.results);
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === "passed").length).toBeGreaterThan(4);
  });

  it.each(PLUGIN_KINDS)("puts the $port's own words in place of the template's", (kind) => {
    const files = fillTemplate(kind, "queue-depth");
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        "README.md",
        "package.json",
        "src/contract.test.ts",
        "src/contract.ts",
        "src/index.ts",
        "src/queue-depth.ts",
        "tsconfig.json",
      ]),
    );
    const text = files.map((file) => file.text).join("\n");
    expect(text).not.toMatch(/template/i);
    expect(text).toContain(`"name": "systole-${kind.prefix}-queue-depth"`);
    expect(text).toContain("class QueueDepth");
  });

  it("writes a directory of the package's name or another one, and never into one that is there", async () => {
    const directory = join(root, "lamp");
    const made = await systole("new", "resource-agent", "lamp", "--directory", directory);
    expect(made).toMatchObject({ exitCode: 0, out: expect.stringContaining("Wrote 7 files to") });
    const before = readFileSync(join(directory, "src/lamp.ts"), "utf8");
    const again = await systole("new", "notifier", "lamp", "--directory", directory);
    expect(again).toMatchObject({ exitCode: 64, err: expect.stringContaining("exists and is left alone") });
    expect(readFileSync(join(directory, "src/lamp.ts"), "utf8")).toBe(before);
    expect(readdirSync(join(directory, "src"))).toHaveLength(4);
  });

  it.each([
    [["lamp", "x"], "Allowed choices are transport"],
    [["store", "Lamp"], '"Lamp" is no name'],
    [["store", "../lamp"], "is no name"],
    [["store", "x".repeat(41)], "at most 40 letters"],
  ])("says what is wrong with %j", async (args, reason) => {
    const { exitCode, err } = await systole("new", ...args, "--directory", join(root, "none"));
    expect(exitCode).toBe(64);
    expect(err).toContain(reason);
    expect(existsSync(join(root, "none"))).toBe(false);
  });
});

/** A built package in plain JavaScript with one store, which makes values up when `lies`, under the names given. */
function writeStore(name: string, subject: string, lies: boolean): string {
  const directory = join(root, "built");
  mkdirSync(directory);
  const write = (path: string, text: string) => writeFileSync(join(directory, path), text);
  write(
    "package.json",
    JSON.stringify({
      name: "systole-store-map",
      version: "2.0.0",
      type: "module",
      exports: { ".": "./index.js", "./contract": "./contract.js" },
      peerDependencies: { "@systole/sdk": "^0.1.0" },
    }),
  );
  write(
    "index.js",
    `export default { kind: "systole.plugin", sdk: "0.1.0", name: "store-map", runtimes: ["node"],
      register(host) {
        const token = { id: Symbol.for("systole.port.store@1"), port: "store", contract: 1 };
        host.provide(token, "${name}", { inject: [], create: () => ({}) });
      } };`,
  );
  write(
    "contract.js",
    `const check = (name) => {
      if (!/^[a-z0-9-]+$/.test(name)) throw Object.assign(new Error("name"), { code: "STORE_FAILED" });
    };
    const open = () => {
      const values = new Map();
      const store = {
        read: async (name) => (check(name), values.get(name)?.slice() ${lies ? "?? new Uint8Array()" : ""}),
        write: async (name, bytes) => (check(name), void values.set(name, bytes.slice())),
        remove: async (name) => (check(name), void values.delete(name)),
      };
      return { open: () => store };
    };
    export default { subjects: { store: { "${subject}": { open } } } };`,
  );
  return directory;
}

describe("systole plugin test", () => {
  it("shows every case and says that the contract is kept", async () => {
    const { exitCode, out } = await systole("test", writeStore("map", "map", false));
    expect(out).toContain(
      "systole-store-map 2.0.0, plugin store-map\n\nstore map\n  ok   reads what was never",
    );
    expect(out).toMatch(/-    .*\(needs tear\)/);
    expect(out).toMatch(/keeps its contracts: \d+ passed, 0 failed, 1 not applicable\n$/);
    expect(exitCode).toBe(0);
  });

  it("fails for a case that fails, in JSON too", async () => {
    const { exitCode, out } = await systole("test", writeStore("map", "map", true), "--json");
    expect(exitCode).toBe(1);
    const report = JSON.parse(out) as { ok: boolean; providers: [{ results: { outcome: string }[] }] };
    expect(report.ok).toBe(false);
    expect(report.providers[0].results.some(({ outcome }) => outcome === "failed")).toBe(true);
  });

  it("fails for a provider without a subject, and for a subject without a provider", async () => {
    const { exitCode, out } = await systole("test", writeStore("map", "other", false));
    expect(exitCode).toBe(1);
    expect(out).toContain('store "map" has no subject in ./contract');
    expect(out).toContain('./contract has a subject for store "other", which the plugin does not provide');
  });

  it("says what it cannot load", async () => {
    expect(await systole("test", join(root, "none"))).toMatchObject({
      exitCode: 6,
      err: expect.stringContaining("there is no directory"),
    });
  });
});

describe("systole plugin list", () => {
  const haDirectory = (systoleYaml: string) =>
    makeHaDirectory({
      "ha.cf": SEED_HA_CF.replace("eth0", "lo").replace(/^respawn.*\n/m, ""),
      haresources: "master 10.10.180.220/24/lo:0\n",
      "systole.yaml": systoleYaml,
    });

  it("shows what is loaded, from where, and what it provides", async () => {
    const made = haDirectory(`plugins: [{ use: ${writeStore("map", "map", false)} }]\n`);
    const { exitCode, out } = await systole("list", "--ha-dir", made.path, "--node", "master");
    made.remove();
    expect(exitCode).toBe(0);
    const lines = out.split("\n").map((line) => line.split(/ {2,}/));
    expect(lines[0]).toEqual(["PLUGIN", "VERSION", "SDK", "RUNTIMES", "PROVIDES", "FROM"]);
    const rows = Object.fromEntries(lines.slice(1).map(([name = "", ...cells]) => [name, cells]));
    expect(rows["store-map"]?.slice(0, 4)).toEqual(["2.0.0", "0.1.0", "node", "store:map"]);
    expect(rows["transport-udp"]?.[3]).toBe("transport:ucast:lo:10.10.180.222");
  });

  it("shows the others when one cannot be loaded", async () => {
    const made = haDirectory("plugins: [{ use: ./none }]\n");
    const { exitCode, out, err } = await systole("list", "--ha-dir", made.path, "--node", "master", "--json");
    made.remove();
    expect(exitCode).toBe(6);
    const { plugins, problems } = JSON.parse(out) as { plugins: { name: string }[]; problems: string[] };
    expect(plugins.map(({ name }) => name)).toContain("auth-classic");
    expect(problems).toEqual([expect.stringContaining("The plugin ./none cannot be loaded")]);
    expect(err).toBe("");
  });
});
