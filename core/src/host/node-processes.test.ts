// Does a run end when it should, take everything with it when it must, and nothing when it may not?
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProcessResult } from "../ports/index.js";
import { NodeProcesses } from "./node-processes.js";

const processes = new NodeProcesses();
const never = new AbortController().signal;
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "systole-processes-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const shell = (
  script: string,
  options: object = {},
  signal = new AbortController().signal,
): Promise<ProcessResult> =>
  processes.run({ command: "sh", args: ["-c", script], timeoutMs: 15_000, ...options }, signal);

/** Processes whose command line holds `marker`. */
async function alive(marker: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.includes(marker)) found.push(`${pid} ${line.replaceAll("\0", " ")}`);
  }
  return found;
}

/** A sleep that no other test uses, so that it can be found again. */
let sleeps = 0;
const uniqueSleep = (): string => `4${process.pid}.${(sleeps += 1)}1`;

async function zombiesOfOurs(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    const status = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "") : "";
    const [state, parent] = status.slice(status.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" && parent === String(process.pid)) found.push(pid);
  }
  return found;
}

describe("a program that ends by itself", () => {
  test("reads what it is given, and may leave it", async () => {
    expect(await shell("cat", { input: "action=off\npassword=x\n" })).toMatchObject({
      exitCode: 0,
      stdout: "action=off\npassword=x\n",
    });
    expect(await shell("exec 0<&-; exit 4", { input: "x".repeat(1_000_000) })).toMatchObject({ exitCode: 4 });
  });

  test("a program that does not read its input is ended in time", async () => {
    const result = await shell("sleep 60", { input: "x".repeat(1_000_000), timeoutMs: 50, killGraceMs: 50 });
    expect(result.timedOut).toBe(true);
  });

  test("exit code, both outputs, no input", async () => {
    const result = await shell("cat; echo out; echo err >&2; exit 3");
    expect(result).toMatchObject({
      exitCode: 3,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
      timedOut: false,
    });
  });

  test("a signal is told apart from an exit code", async () => {
    expect(await shell("kill -9 $$")).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: false });
  });

  test("arguments reach it untouched, without a shell", async () => {
    const args = ["%s\n", "a b", "$HOME", "*", ""];
    const result = await processes.run({ command: "printf", args, timeoutMs: 15_000 }, never);
    expect(result.stdout).toBe("a b\n$HOME\n*\n\n");
  });

  test("the environment is minimal and has the sbin directories", async () => {
    process.env["SYSTOLE_SECRET"] = "do not pass on";
    const result = await shell("env; pwd", { env: { HA_DIR: "/etc/ha.d" } });
    delete process.env["SYSTOLE_SECRET"];
    const names = result.stdout
      .match(/^[A-Z_a-z]+(?==)/gm)
      ?.filter((name) => !["PWD", "_", "SHLVL"].includes(name));
    expect(names?.toSorted()).toEqual(["HA_DIR", "HOME", "LANG", "PATH"]);
    expect(result.stdout).toMatch(/^PATH=.*\/usr\/sbin:.*\/sbin/m);
    expect(result.stdout).toMatch(/^\/$/m);
  });

  test("everything written before the exit is there, up to the limit; the middle is what is dropped", async () => {
    const line = "0123456789abcde\n";
    const script = `echo first; i=0; while [ $i -lt 65536 ]; do echo 0123456789abcde; i=$((i+1)); done; echo last`;
    const whole = await shell(script, { maxOutputBytes: 2_000_000 });
    expect(whole.stdout).toBe(`first\n${line.repeat(65_536)}last\n`);
    const cut = await shell(script, { maxOutputBytes: 64 });
    expect(cut.stdout).toMatch(/^first\n[^]*\n\[\d+ bytes dropped\]\n[^]*\nlast\n$/);
    expect(cut.stdout.length).toBeLessThan(64 + 40);
    const none = await shell("echo a; echo b", { maxOutputBytes: 0 });
    expect(none.stdout).toBe("\n[4 bytes dropped]\n");
  });

  test("a daemon that keeps the output open does not hold the run, and lives on", async () => {
    const marker = uniqueSleep();
    const result = await shell(`sleep ${marker} & echo started $!`, { timeoutMs: 10_000 });
    expect(result).toMatchObject({
      exitCode: 0,
      timedOut: false,
      stdout: expect.stringContaining("started"),
    });
    expect(await alive(marker)).toHaveLength(1);
    process.kill(Number(/\d+/.exec(result.stdout)?.[0]), "SIGKILL");
  });

  test("a daemon that writes without end does not hold the run either", async () => {
    const result = await shell(`yes & echo started $! >&2`, { timeoutMs: 10_000 });
    process.kill(Number(/\d+/.exec(result.stderr)?.[0]), "SIGKILL");
    expect(result).toMatchObject({ exitCode: 0, timedOut: false });
  });
});

describe("a program that does not end", () => {
  test("after the time-out the whole group is gone, grandchildren too, though they trap TERM", async () => {
    const marker = uniqueSleep();
    const stubborn = `trap '' TERM; sleep ${marker} & (trap '' TERM; sleep ${marker} & sleep ${marker}); wait`;
    const result = await shell(`echo begun; ${stubborn}`, { timeoutMs: 300, killGraceMs: 100 });
    expect(result).toMatchObject({ timedOut: true, exitCode: null, signal: "SIGKILL", stdout: "begun\n" });
    expect(await alive(marker)).toEqual([]);
  });

  test("the leader obeys TERM and its child does not: the child is ended too", async () => {
    const marker = uniqueSleep();
    const script = `(trap '' TERM; sleep ${marker}; :) & trap 'echo bye; exit 7' TERM; wait`;
    const result = await shell(script, { timeoutMs: 300, killGraceMs: 100 });
    expect(result).toMatchObject({ timedOut: true, exitCode: 7, stdout: "bye\n" });
    expect(await alive(marker)).toEqual([]);
  });

  test("a well-behaved program is not killed the hard way", async () => {
    const result = await shell("trap 'echo cleaned up; exit 0' TERM; sleep 60 & wait", { timeoutMs: 300 });
    expect(result).toMatchObject({ timedOut: true, stdout: "cleaned up\n", signal: null });
  });

  test("an abort ends the group like a time-out does", async () => {
    const marker = uniqueSleep();
    const abort = new AbortController();
    const run = shell(`sleep ${marker} & sleep ${marker}`, {}, abort.signal);
    while ((await alive(marker)).length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    expect(await run).toMatchObject({ timedOut: true, signal: "SIGTERM" });
    expect(await alive(marker)).toEqual([]);
  });

  test("an abort before the start starts nothing", async () => {
    const result = await shell(`echo started > ${directory}/started`, {}, AbortSignal.abort());
    expect(result).toMatchObject({ timedOut: true, exitCode: null });
    expect(await readdir(directory)).not.toContain("started");
  });

  test("a time-out beyond the reach of timers is none", async () => {
    expect(await shell("sleep 0.05", { timeoutMs: Infinity })).toMatchObject({
      exitCode: 0,
      timedOut: false,
    });
  });
});

describe("a program that cannot be started", () => {
  const attempt = (command: string, options: object = {}): Promise<ProcessResult> =>
    processes.run({ command, args: [], timeoutMs: 15_000, ...options }, never);

  test("missing, not executable, bad interpreter, bad directory: the errno and what to do", async () => {
    const script = join(directory, "script");
    await writeFile(script, "#!/no/such/interpreter\n");
    await expect(attempt(script)).rejects.toMatchObject({
      code: "PROCESS_SPAWN_FAILED",
      details: { errno: "EACCES" },
      message: expect.stringContaining("chmod +x"),
    });
    await chmod(script, 0o755);
    await expect(attempt(script)).rejects.toMatchObject({ details: { errno: "ENOENT" } });
    await expect(attempt("/no/such/program")).rejects.toMatchObject({
      code: "PROCESS_SPAWN_FAILED",
      message: expect.stringContaining("/no/such/program: ENOENT, no such program"),
    });
    await expect(attempt("true", { cwd: "/no/such/directory" })).rejects.toMatchObject({
      details: { errno: "ENOENT", cwd: "/no/such/directory" },
    });
    await expect(attempt("tr\0ue")).rejects.toMatchObject({ code: "PROCESS_SPAWN_FAILED" });
  });
});

test("a hundred runs at once leave no child, no zombie and no open handle", async () => {
  const handles = (): number =>
    process.getActiveResourcesInfo().filter((kind) => /Pipe|Process/.test(kind)).length;
  const before = handles();
  const runs = Array.from({ length: 100 }, (_, index) =>
    index % 4 === 0 ? shell("sleep 30", { timeoutMs: 20 }) : shell("echo a; echo b >&2"),
  );
  const results = await Promise.all([...runs, attemptToFail()]);
  expect(results.filter((result) => result?.timedOut)).toHaveLength(25);
  await new Promise((resolve) => setImmediate(resolve));
  expect(handles()).toBeLessThanOrEqual(before);
  expect(await zombiesOfOurs()).toEqual([]);
});

const attemptToFail = (): Promise<undefined> =>
  processes.run({ command: "/no/such", args: [], timeoutMs: 1000 }, never).then(
    () => undefined,
    () => undefined,
  );
