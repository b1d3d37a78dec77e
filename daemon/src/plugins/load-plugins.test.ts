import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ClusterModel, PluginUse } from "@systole/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPlugin, loadPlugins } from "./load-plugins.js";

/** What `definePlugin` would return, after a trace that shows that the code ran. */
const code = (name: string) => `
import { writeFileSync } from "node:fs";
writeFileSync(new URL("./ran", import.meta.url), "");
export default { kind: "systole.plugin", sdk: "0.1.0", name: "${name}", runtimes: ["node"], register() {} };
`;
const FITTING = { "@systole/sdk": "^0.1.0" };

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "systole-plugins-"));
});

afterEach(() => {
  delete process.env["SYSTOLE_PLUGINS"];
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Writes a package; returns how a configuration in `root` names it by path. */
function writePackage(
  directory: string,
  text: string,
  manifest: Readonly<Record<string, unknown>> = { peerDependencies: FITTING },
): PluginUse {
  const json = { name: "@acme/queue", version: "1.2.3", type: "module", exports: "./main.js", ...manifest };
  write(`${directory}/package.json`, JSON.stringify(json));
  write(`${directory}/main.js`, text);
  const specifier = `./${directory}`;
  return { use: specifier, from: { specifier, directory: root } };
}

async function problemOf(use: PluginUse, timeoutMs?: number): Promise<string> {
  const result = await loadPlugin(use, timeoutMs);
  return "problem" in result ? result.problem : "loaded";
}

describe("loading a plugin", () => {
  it("finds it by path and calls it by its own name in the model", async () => {
    const use = writePackage("queue", code("agent-queue"));
    const { model, loaded, problems } = await loadPlugins({ plugins: [use] } as unknown as ClusterModel);
    expect(problems).toEqual([]);
    expect(model.plugins).toEqual([{ ...use, use: "agent-queue" }]);
    expect(loaded).toMatchObject([
      { named: "./queue", packageName: "@acme/queue", version: "1.2.3", sdkRange: "^0.1.0" },
    ]);
  });

  it("finds a package at the configuration, then in $SYSTOLE_PLUGINS", async () => {
    const use = { use: "@acme/queue", from: { specifier: "@acme/queue", directory: join(root, "etc/ha.d") } };
    expect(await problemOf(use)).toMatch(
      /is in no node_modules of .*etc\/ha\.d, nor of .*npm install @acme\/queue/,
    );
    writePackage("system/node_modules/@acme/queue", code("agent-system"));
    process.env["SYSTOLE_PLUGINS"] = join(root, "system");
    expect(await loadPlugin(use)).toMatchObject({ plugin: { name: "agent-system" } });
    writePackage("etc/node_modules/@acme/queue", code("agent-near"));
    expect(await loadPlugin(use)).toMatchObject({ plugin: { name: "agent-near" } });
  });

  it("loads the house's own plugins by their names", async () => {
    expect(await loadPlugin({ use: "auth-classic" })).toMatchObject({ packageName: "@systole/auth-classic" });
  });

  it("loads them also where systole.yaml names them, whatever else has that name", async () => {
    writePackage("etc/node_modules/fence-agents", code("not-ours"));
    const from = { specifier: "fence-agents", directory: join(root, "etc/ha.d") };
    expect(await loadPlugin({ use: "fence-agents", from })).toMatchObject({
      packageName: "@systole/fence-agents",
      plugin: { name: "fence-agents" },
    });
    const core = await loadPlugin({ use: "core", from: { ...from, specifier: "core" } });
    expect(core).toMatchObject({ problem: expect.stringContaining("core cannot be loaded") as string });
  });

  it.each([
    ["^0.2.0", "@acme/queue 1.2.3 was built for SDK ^0.2.0, and this host speaks SDK 0.1.0; install"],
    ["file:../sdk.tgz", 'asks for @systole/sdk "file:../sdk.tgz", which is no range'],
    [undefined, "does not say which SDK it was built for"],
  ])("refuses SDK %s before any of its code runs", async (range, reason) => {
    const manifest = range === undefined ? {} : { peerDependencies: { "@systole/sdk": range } };
    const use = writePackage("queue", code("agent-queue"), manifest);
    expect(await problemOf(use)).toContain(reason);
    expect(existsSync(join(root, "queue/ran"))).toBe(false);
  });

  it.each([
    ["throws", "throw new Error('no licence');", "fails while it is imported: no licence"],
    ["is not JavaScript", "export default {", "fails while it is imported: "],
    [
      "never ends",
      "await new Promise(() => undefined);",
      "fails while it is imported: it takes longer than 300 ms",
    ],
    [
      "exports nothing",
      "export const plugin = {};",
      "default export of @acme/queue was not made by definePlugin",
    ],
    ["exports something else", "export default { name: 'x' };", "was not made by definePlugin"],
  ])("names a plugin whose code %s", async (_what, text, reason) => {
    const problem = await problemOf(writePackage("queue", text), 300);
    expect(problem).toMatch(/^The plugin \.\/queue cannot be loaded: /);
    expect(problem).toContain(reason);
  });

  it.each([
    ["no package", "./nowhere", "there is no directory"],
    ["a directory without a package", "..", "package.json: there is no such file"],
    ["a name that is none", "https://example.org/x", "is neither a package's name"],
    ["a name with a path", "@acme/queue/src/main.js", "is neither a package's name"],
  ])("says what is wrong with %s", async (_what, specifier, reason) => {
    expect(await problemOf({ use: specifier, from: { specifier, directory: root } })).toContain(reason);
  });

  it("reads a manifest as Node does, and says when it cannot", async () => {
    const exports = { ".": { types: "./x.d.ts", import: { node: "./main.js" } } };
    const use = writePackage("queue", code("agent-queue"), { exports, dependencies: FITTING });
    expect(await loadPlugin(use)).toMatchObject({ plugin: { name: "agent-queue" } });
    expect(await problemOf(writePackage("none", "", { exports: {}, peerDependencies: FITTING }))).toContain(
      'exports nothing as "."',
    );
    write("broken/package.json", "{");
    expect(await problemOf({ use: "b", from: { specifier: "./broken", directory: root } })).toContain(
      "is not JSON",
    );
  });
});
