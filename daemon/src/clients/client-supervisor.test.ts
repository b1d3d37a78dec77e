// The rules with programs that exist as data, and the processes with real ones.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeClock } from "@systole/core/node";
import type { Clock } from "@systole/core/ports";
import { recordingLogger } from "../testkit/fake-cluster.js";
import type { startClient } from "./client-process.js";
import { ClientSupervisor, type SupervisorInit } from "./client-supervisor.js";

const own = userInfo().username;
/** Becoming another user needs root: skipped on a laptop, not in CI. */
const cannotBecomeOthers = process.getuid?.() !== 0 && process.env["CI"] !== "true";
let directory: string;
let log: ReturnType<typeof recordingLogger>;
let fatal: string[];
const open: ClientSupervisor[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-clients-"));
  chmodSync(directory, 0o777);
  log = recordingLogger();
  fatal = [];
});

afterEach(async () => {
  for (const supervisor of open.splice(0)) await supervisor.stop();
  rmSync(directory, { recursive: true });
});

function supervise(changes: Partial<SupervisorInit>): ClientSupervisor {
  const supervisor = new ClientSupervisor({
    clients: [],
    environment: { HA_CURHOST: "master" },
    clock: new NodeClock(),
    log,
    fatal: (reason) => fatal.push(reason),
    ...changes,
  });
  open.push(supervisor);
  return supervisor;
}

function program(command: string, kind: "respawn" | "failfast" = "respawn", user = own) {
  return { kind, user, program: "/bin/sh", command };
}

/** A script that does `lines`; `$F` is a file beside it. */
function script(name: string, lines: string): string {
  const path = join(directory, name);
  writeFileSync(path, `F=${join(directory, "facts")}\n${lines}\n`);
  return `/bin/sh ${path}`;
}

const facts = () =>
  existsSync(join(directory, "facts")) ? readFileSync(join(directory, "facts"), "utf8") : "";
const names = () => log.events.map(({ event }) => event);
const seen = (text: string) => vi.waitFor(() => expect(facts()).toContain(text), { timeout: 20_000 });

describe("real programs", () => {
  it("start in order, with a group of their own, nothing on stdin, and the scripts' environment", async () => {
    const one = script(
      "one",
      'echo "one $HA_CURHOST $(readlink /proc/$$/fd/0) $(readlink /proc/$$/fd/1) $(cut -d" " -f5 /proc/$$/stat) $$" >> $F\nexec sleep 60',
    );
    const two = script("two", "echo two >> $F\nexec sleep 60");
    supervise({ clients: [program(`${one} 'an argument'`), program(two)] }).start();
    await seen("two");
    await seen("one");
    const [, host, input, output, group, pid] = /^one (.*)$/m.exec(facts())?.[0].split(" ") ?? [];
    expect([host, input, output]).toEqual(["master", "/dev/null", "/dev/null"]);
    expect(group).toBe(pid);
    expect(log.events.map(({ fields }) => fields["command"])).toEqual([`${one} 'an argument'`, two]);
  });

  it("stop in the reverse order, and by force what does not listen", async () => {
    const polite = script(
      "polite",
      "trap 'echo polite >> $F; exit 0' TERM\necho up >> $F\nwhile :; do sleep 0.05; done",
    );
    const deaf = script("deaf", "trap '' TERM\necho deaf-up >> $F\nwhile :; do sleep 0.05; done");
    const supervisor = supervise({ clients: [program(polite), program(deaf)], killAfterMs: 100 });
    supervisor.start();
    await seen("deaf-up");
    await seen("up\n");
    await supervisor.stop();
    expect(facts()).toContain("polite");
    const stopped = log.events.filter(({ event }) => event === "client.stopped");
    expect(stopped.map(({ fields }) => [fields["command"], fields["signal"]])).toEqual([
      [deaf, "SIGKILL"],
      [polite, null],
    ]);
    expect(names()).not.toContain("client.ended");
  });

  it.skipIf(cannotBecomeOthers)("run as their user, with that user's groups", async () => {
    const command = script("who", 'echo "$(id -u) $(id -g) $(id -G)" >> $F\nexec sleep 60');
    supervise({ clients: [program(command, "respawn", "daemon")] }).start();
    await seen("\n");
    expect(facts()).toMatch(/^1 1 1\b/);
  });

  it("are started again until they exit with 100", async () => {
    const command = script("again", "echo run >> $F\n[ $(wc -l < $F) -ge 2 ] && exit 100\nexit 0");
    supervise({ clients: [program(command)] }).start();
    await vi.waitFor(() => expect(names()).toContain("client.done"), { timeout: 20_000 });
    expect(facts()).toBe("run\nrun\n");
  });

  it("end the node when a failfast one fails", async () => {
    supervise({ clients: [program("/bin/sh -c 'exit 3'", "failfast")] }).start();
    await vi.waitFor(() => expect(fatal).toHaveLength(1), { timeout: 20_000 });
    expect(fatal[0]).toContain("exited with 3");
  });

  it.skipIf(cannotBecomeOthers)("are reported when their user does not exist", async () => {
    const supervisor = supervise({ clients: [program("/bin/true", "respawn", "no-such-user")] });
    supervisor.start();
    await vi.waitFor(() => expect(names()).toContain("client.start-failed"), { timeout: 20_000 });
  });
});

/** A clock that a test moves. */
class HandClock implements Clock {
  private ms = 0;
  private wakes: { atMs: number; wake: () => void }[] = [];
  nowMs = () => this.ms;
  wallMs = () => this.ms;
  wakeAt(atMs: number, wake: () => void): () => void {
    const entry = { atMs, wake };
    this.wakes.push(entry);
    return () => (this.wakes = this.wakes.filter((other) => other !== entry));
  }
  /** True when somebody was woken. */
  jump(): boolean {
    const [next] = this.wakes.toSorted((one, other) => one.atMs - other.atMs);
    if (next === undefined) return false;
    this.ms = Math.max(this.ms, next.atMs);
    this.wakes = this.wakes.filter((other) => other !== next);
    next.wake();
    return true;
  }
}

describe("programs that end at once", () => {
  it("stay down after eleven starts, a second apart, with an error", async () => {
    const clock = new HandClock();
    const startedAtMs: number[] = [];
    const startProcess: typeof startClient = async () => {
      startedAtMs.push(clock.nowMs());
      return { pid: 1, exited: Promise.resolve({ code: 0, signal: null }), signal: () => undefined };
    };
    supervise({ clients: [program("/bin/true")], clock, startProcess }).start();
    const settled = () => new Promise((resolve) => void setImmediate(resolve));
    await settled();
    while (clock.jump()) await settled();
    expect(startedAtMs).toEqual(Array.from({ length: 11 }, (_, index) => index * 1000));
    expect(names().at(-1)).toBe("client.respawning-too-fast");
  });
});
