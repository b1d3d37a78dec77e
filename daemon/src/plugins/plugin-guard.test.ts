import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RecordingLogger } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leftOpen, openResources } from "./left-open.js";
import type { LoadedPlugin } from "./load-plugins.js";
import { GUARD_LIMITS, PluginGuard } from "./plugin-guard.js";

let root: string;
let log: RecordingLogger;
let nowMs: number;
let guard: PluginGuard;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "systole-guard-")));
  log = new RecordingLogger();
  nowMs = 0;
  guard = new PluginGuard(log, () => nowMs);
  guard.watch(["queue", "lamp"].map(loaded));
});

afterEach(() => rmSync(root, { recursive: true }));

function loaded(name: string): LoadedPlugin {
  const plugin = {
    kind: "systole.plugin",
    sdk: "0.1.0",
    name,
    runtimes: ["node"],
    register: () => undefined,
  } as const;
  const directory = join(root, name);
  return {
    named: name,
    plugin,
    packageName: `@acme/${name}`,
    version: "1.0.0",
    sdkRange: "^0.1.0",
    directory,
  };
}

/** What a function in that file throws when `inner` does. */
async function thrownIn(
  path: string,
  inner = () => {
    throw new Error("bug");
  },
): Promise<unknown> {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), "export default (inner) => inner();");
  const outer = (await import(/* @vite-ignore */ pathToFileURL(join(root, path)).href)) as {
    readonly default: (inner: () => void) => void;
  };
  try {
    outer.default(inner);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The stack of an error as if the named file had thrown it. */
function stackOf(...paths: readonly string[]): Error {
  const error = new Error("bug");
  error.stack = ["Error: bug", ...paths.map((path) => `    at work (${path}:3:7)`)].join("\n");
  return error;
}

describe("what nobody caught", () => {
  it("is named after the plugin whose file threw it, and survived", () => {
    const file = pathToFileURL(join(root, "lamp/dist/index.js")).href;
    expect(guard.survives(stackOf("node:internal/timers", file))).toBe(true);
    expect(log.of("plugin.failed")[0]?.fields).toMatchObject({
      plugin: "lamp",
      packageName: "@acme/lamp",
      reason: "bug",
      failures: 1,
    });
  });

  it("is a plugin's also when a package of its own threw it, and not a neighbour's with a longer name", () => {
    expect(guard.survives(stackOf(join(root, "queue/node_modules/x/y.js")))).toBe(true);
    expect(guard.survives(stackOf(join(root, "queue-two/index.js")))).toBe(false);
  });

  it("is Systole's own when its code threw it, whoever called", async () => {
    const own = await thrownIn("queue/index.js", () => {
      throw new Error("bug");
    });
    // This very file is a part of the daemon: the innermost frame decides.
    expect(guard.survives(own)).toBe(false);
    expect(log.of("plugin.failed")).toEqual([]);
  });

  it.each([
    ["nothing", undefined],
    ["a text", "bug"],
    ["an error without a stack", stackOf()],
  ])("is nobody's when it is %s", (_what, thrown) => {
    expect(guard.survives(thrown)).toBe(false);
  });

  it("is survived so often in a while and no more", () => {
    const failure = () => guard.survives(stackOf(join(root, "lamp/index.js")));
    for (let count = 0; count < GUARD_LIMITS.failures; count += 1) expect(failure()).toBe(true);
    expect(failure()).toBe(false);
    nowMs = GUARD_LIMITS.windowMs;
    expect(failure()).toBe(true);
  });
});

describe("what is left open", () => {
  it("is what keeps the process alive beyond what did before", () => {
    const before = openResources();
    const timer = setInterval(() => undefined, 60_000);
    const unheld = setInterval(() => undefined, 60_000).unref();
    expect(leftOpen(before, openResources())).toEqual({ Timeout: 1 });
    clearInterval(timer);
    clearInterval(unheld);
    expect(leftOpen(before, openResources())).toEqual({});
  });
});
