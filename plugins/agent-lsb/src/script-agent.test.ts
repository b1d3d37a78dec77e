// Do real scripts, good and bad, get the answers that heartbeat's users expect?
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeProcesses } from "@systole/core/node";
import type { Logger, ResourceSpec } from "@systole/sdk";
import { contractFor, runCase } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scriptEnvironment } from "./config.js";
import { ScriptAgent } from "./script-agent.js";
import { heartbeatConvention, lsbConvention } from "./status-rule.js";

const live = (): AbortSignal => new AbortController().signal;
const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
const spec = (...args: string[]): ResourceSpec => ({ name: args.join("::"), args, parameters: {} });

let directory = "";
let agent: ScriptAgent;
let initAgent: ScriptAgent;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "systole-scripts-"));
  const environment = scriptEnvironment({
    resourceDirectory: join(directory, "resource.d"),
    initDirectory: directory,
    environment: { STATE: join(directory, "state"), HA_CURHOST: "master\n; reboot", HA_LOGD: "yes" },
  });
  const processes = new NodeProcesses();
  agent = new ScriptAgent(directory, heartbeatConvention, environment, processes, quiet);
  initAgent = new ScriptAgent(directory, lsbConvention, environment, processes, quiet);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function script(name: string, body: string): Promise<ResourceSpec> {
  await writeFile(join(directory, name), `#!/bin/sh\nfor action; do :; done\n${body}\n`, { mode: 0o755 });
  return spec(name);
}

/** A service that is a file. Says what it was asked in `calls`. */
const wellBehaved = `echo "$@" >> "$STATE.calls"
case $action in
  start) touch "$STATE" ;;
  stop) rm -f "$STATE" ;;
  status) if [ -e "$STATE" ]; then echo running; else echo not running; fi ;;
esac`;

/** The same, with LSB's exit codes and no words. */
const wordless = `case $action in
  start) touch "$STATE" ;;
  stop) rm -f "$STATE" ;;
  status) [ -e "$STATE" ] || exit 3 ;;
esac`;

const callsOf = async (): Promise<string[]> =>
  (await readFile(join(directory, "state.calls"), "utf8")).trim().split("\n");
const exists = async (name: string): Promise<boolean> => (await readdir(directory)).includes(name);

describe.each([
  ["heartbeat", wellBehaved],
  ["lsb", wellBehaved],
  ["lsb", wordless],
] as const)("the contract, class %s", (kind, body) => {
  const contract = contractFor("resource-agent");

  test.each(contract.cases)("$id: $name", async (contractCase) => {
    const resource = await script("service", body);
    const result = await runCase(contract, contractCase, {
      open: () => ({
        agent: kind === "lsb" ? initAgent : agent,
        resource,
        broken: spec("no-such-script"),
        crash: () => rm(join(directory, "state")),
        probe: () => exists("state"),
      }),
    });
    // A script neither announces nor warms, nor does it ask the network who serves.
    const beyondScripts = ["announce", "warm", "aborted-warm", "elsewhere"].includes(contractCase.id);
    expect(result).toMatchObject({ outcome: beyondScripts ? "not-applicable" : "passed" });
  });
});

describe("a well-behaved script", () => {
  test("gets its arguments before the action, and start only when it is stopped", async () => {
    await script("Filesystem", wellBehaved);
    const resource = spec("Filesystem", "/dev/sda1", "/data dir", "$HOME");
    await agent.start(resource, live());
    await agent.start(resource, live());
    await agent.stop(resource, live());
    const args = "/dev/sda1 /data dir $HOME";
    expect(await callsOf()).toEqual([`${args} status`, `${args} start`, `${args} status`, `${args} stop`]);
  });

  test("sees heartbeat's variables, without control characters, and those of the configuration win", async () => {
    const resource = await script("env", `env > "$STATE"; echo running`);
    await agent.status(resource, live());
    const lines = (await readFile(join(directory, "state"), "utf8")).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        `HA_DIR=${directory}`,
        `HA_FUNCS=${directory}/shellfuncs`,
        `HA_RESOURCEDIR=${directory}/resource.d`,
        "OCF_ROOT=/usr/lib/ocf",
        "HA_CURHOST=master; reboot",
        "HA_LOGD=yes",
      ]),
    );
  });

  test("may be a link, and may lack an interpreter line", async () => {
    await script("real", wellBehaved);
    await symlink(join(directory, "real"), join(directory, "link"));
    await writeFile(join(directory, "bare"), "echo running\n", { mode: 0o755 });
    expect(await agent.start(spec("link"), live())).toEqual({ ok: true, state: "running" });
    expect(await agent.status(spec("bare"), live())).toEqual({ ok: true, state: "running" });
  });
});

describe("a script that fails", () => {
  test("start exits non-zero: the reason has the last lines it said", async () => {
    const resource = await script(
      "bad",
      `[ $action = start ] && { seq 1 100; echo no disk >&2; exit 5; }; true`,
    );
    expect(await agent.start(resource, live())).toEqual({
      ok: false,
      kind: "error",
      reason: "bad start exited with 5: 97 | 98 | 99 | 100 | no disk",
    });
  });

  test("start dies by a signal", async () => {
    const resource = await script("dies", `[ $action = start ] && kill -9 $$; true`);
    const result = await agent.start(resource, live());
    expect(result).toMatchObject({ kind: "error", reason: "dies start was ended by SIGKILL" });
  });

  test("stop exits non-zero: status decides", async () => {
    const stopped = await script("grumbles", `[ $action = status ] && echo not running; exit 1`);
    expect(await agent.stop(stopped, live())).toEqual({ ok: true, state: "stopped" });
    const running = await script("stuck", `[ $action = status ] && echo running || echo busy; exit 1`);
    expect(await agent.stop(running, live())).toEqual({
      ok: false,
      kind: "error",
      reason: "stuck stop exited with 1: busy",
    });
  });

  test("lsb: dead with a pid file is failed, and then a start is tried", async () => {
    const resource = await script(
      "dead",
      `case $action in status) exit 1;; start) echo up > "$STATE";; esac`,
    );
    expect(await initAgent.status(resource, live())).toEqual({ ok: true, state: "failed" });
    expect(await initAgent.start(resource, live())).toEqual({ ok: true, state: "running" });
    expect(await exists("state")).toBe(true);
  });

  test("a status that always says running: start believes it, stop goes by its own exit code", async () => {
    const resource = await script(
      "liar",
      `echo $action >> "$STATE.calls"; [ $action = status ] && echo OK; true`,
    );
    expect(await agent.start(resource, live())).toEqual({ ok: true, state: "running" });
    expect(await agent.stop(resource, live())).toEqual({ ok: true, state: "stopped" });
    expect(await callsOf()).toEqual(["status", "stop"]);
  });

  test("a megabyte of output is no problem, and the words at its end count", async () => {
    const resource = await script(
      "chatty",
      `yes talk | head -c 1048576; [ $action = status ] && echo not running; exit 1`,
    );
    expect(await agent.status(resource, live())).toEqual({ ok: true, state: "stopped" });
    const result = await agent.start(resource, live());
    expect(result).toMatchObject({ kind: "error", reason: expect.stringContaining("talk | talk") });
    expect(JSON.stringify(result).length).toBeLessThan(2000);
  });
});

describe("a script that does not come back", () => {
  const hanging = `[ $action = status ] && { echo not running; exit; }
trap '' TERM; (sleep 987 & echo $! >> "$STATE.pids"; wait) & sleep 987 & echo $! >> "$STATE.pids"; touch "$STATE"; wait`;

  async function untilHanging(): Promise<number[]> {
    for (;;) {
      const pids = await readFile(join(directory, "state.pids"), "utf8").catch(() => "");
      if (pids.split("\n").length === 3 && (await exists("state")))
        return pids.trim().split("\n").map(Number);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  const lives = async (pid: number): Promise<boolean> =>
    !/^$|\) Z/.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));

  test.each(["start", "stop"] as const)(
    "%s: the abort ends all of it and the answer is timeout",
    async (action) => {
      const resource = await script("hangs", hanging);
      const abort = new AbortController();
      const operation = agent[action](resource, abort.signal);
      const pids = await untilHanging();
      abort.abort();
      expect(await operation).toMatchObject({
        ok: false,
        kind: "timeout",
        reason: expect.stringContaining("hangs"),
      });
      expect(await Promise.all(pids.map(lives))).toEqual([false, false]);
    },
  );

  test("a script whose daemon keeps the output open has come back", async () => {
    const body = `[ $action = start ] || exit 0; sleep 987 & echo $! > "$STATE"`;
    const resource = await script("daemon", body);
    expect(await agent.start(resource, live())).toEqual({ ok: true, state: "running" });
    const pid = Number(await readFile(join(directory, "state"), "utf8"));
    expect(await lives(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });
});

describe("a script that cannot be run on this node", () => {
  const refusal = async (resource: ResourceSpec): Promise<string> => {
    const answers = await Promise.all([
      agent.start(resource, live()),
      agent.stop(resource, live()),
      agent.status(resource, live()),
    ]);
    const [problem] = await agent.validate(resource, live());
    expect(answers).toEqual(answers.map(() => ({ ok: false, kind: "not-here", reason: problem })));
    return problem ?? "";
  };

  test("not executable, a directory, missing", async () => {
    await script("plain", "echo running");
    await chmod(join(directory, "plain"), 0o644);
    await mkdir(join(directory, "folder"));
    expect(await refusal(spec("plain"))).toBe(
      `${directory}/plain is not executable: run chmod +x ${directory}/plain`,
    );
    expect(await refusal(spec("folder"))).toBe(`${directory}/folder is not a regular file`);
    expect(await refusal(spec("gone"))).toBe(`there is no script ${directory}/gone`);
  });

  test.each(["../etc/passwd", "/bin/sh", "a/b", "..", ".", "a..b", "x\0y"])(
    "the name %j is refused",
    async (name) => {
      expect(await refusal(spec(name))).toContain("is not a name of a script");
    },
  );

  test("no name at all", async () => {
    expect(await refusal(spec())).toBe("the resource names no script");
    expect(await refusal(spec(""))).toBe("the resource names no script");
  });

  test("an interpreter that is not installed", async () => {
    await writeFile(join(directory, "alien"), "#!/no/such/python\n", { mode: 0o755 });
    const result = await agent.start(spec("alien"), live());
    expect(result).toMatchObject({ kind: "not-here", reason: expect.stringContaining("ENOENT") });
  });
});
