// What becomes of agents that hang, detach, shout or lie?
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NodeProcesses } from "@systole/core/node";
import type { OperationResult } from "@systole/sdk";
import { RecordingLogger } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OcfAgent } from "./ocf-agent.js";
import { METADATA, openOcfRoom, type OcfRoom } from "./testing/ocf-room.js";

const live = (): AbortSignal => new AbortController().signal;
const reasonOf = (result: OperationResult): string => (result.ok ? "" : result.reason);

let room: OcfRoom;
let agent: OcfAgent;
let log: RecordingLogger;

beforeEach(async () => {
  room = await openOcfRoom();
  log = new RecordingLogger();
  agent = new OcfAgent(room.config, new NodeProcesses(), log);
});
afterEach(() => room.close());

describe("an agent that misbehaves", () => {
  const forks = (action: string) =>
    `case $1 in ${METADATA} ${action}) sleep 300 & echo $! > "$HERE/child"; echo last words >&2; wait ;; *) exit 7 ;; esac`;

  it.each(["start", "stop", "monitor"] as const)(
    "by hanging in %s: ended with its children",
    async (action) => {
      await room.write("Hangs", forks(action));
      const abort = new AbortController();
      const method = action === "monitor" ? "status" : action;
      const running = agent[method](room.resource("Hangs"), abort.signal);
      await expect.poll(() => room.isAlive("child").catch(() => false), { timeout: 10_000 }).toBe(true);
      abort.abort();
      const result = await running;
      expect(result).toMatchObject({ ok: false, kind: "timeout" });
      expect(reasonOf(result)).toContain("last words");
      expect(await room.isAlive("child")).toBe(false);
    },
  );

  it("by ignoring SIGTERM: killed", async () => {
    await room.write(
      "Deaf",
      `case $1 in ${METADATA} start) trap '' TERM; echo $$ > "$HERE/deaf"; while :; do sleep 0.1; done ;; esac`,
    );
    const abort = new AbortController();
    const running = agent.start(room.resource("Deaf"), abort.signal);
    await expect.poll(() => room.isAlive("deaf").catch(() => false), { timeout: 10_000 }).toBe(true);
    abort.abort();
    expect(await running).toMatchObject({ ok: false, kind: "timeout" });
    expect(await room.isAlive("deaf")).toBe(false);
  });

  it("by leaving a daemon that holds its output: the start has ended, the daemon lives", async () => {
    await room.write(
      "Detaches",
      `case $1 in ${METADATA}
        start) setsid sleep 300 & echo $! > "$HERE/daemon" ;;
        stop) kill "$(cat "$HERE/daemon")" ;;
      esac`,
    );
    const resource = room.resource("Detaches");
    expect(await agent.start(resource, live())).toEqual({ ok: true, state: "running" });
    expect(await room.isAlive("daemon")).toBe(true);
    expect(await agent.stop(resource, live())).toEqual({ ok: true, state: "stopped" });
    await expect.poll(() => room.isAlive("daemon"), { timeout: 5000 }).toBe(false);
  });

  it("by printing megabytes: what is kept is bounded, and the last lines are there", async () => {
    await room.write(
      "Prints",
      `case $1 in ${METADATA} start) head -c 4000000 /dev/zero | tr '\\0' 'x'; echo; echo the end >&2; exit 1 ;; esac`,
    );
    const result = await agent.start(room.resource("Prints"), live());
    expect(result).toMatchObject({ ok: false, kind: "error" });
    expect(reasonOf(result).endsWith("the end")).toBe(true);
    expect(reasonOf(result).length).toBeLessThan(1200);
  });

  it("by failing to stop: an error, also where its monitor says that nothing runs", async () => {
    await room.write("Stuck", `case $1 in ${METADATA} stop) exit 1 ;; monitor) exit 7 ;; esac`);
    const resource = room.resource("Stuck");
    expect(await agent.stop(resource, live())).toMatchObject({ ok: false, kind: "error" });
    expect(await agent.status(resource, live())).toEqual({ ok: true, state: "stopped" });
  });

  it("by lying in monitor: what it says is passed on, and a failure is logged with its reason", async () => {
    await room.write(
      "Lies",
      `case $1 in ${METADATA} monitor) [ -e "$HERE/lie" ] && exit 0; echo "ocf-exit-reason:no pulse" >&2; exit 1 ;; esac`,
    );
    const resource = room.resource("Lies");
    expect(await agent.status(resource, live())).toEqual({ ok: true, state: "failed" });
    expect(log.of("ocf.monitor-complains")[0]?.fields).toMatchObject({
      reason: expect.stringContaining("no pulse"),
    });
    await writeFile(join(room.directory, "lie"), "");
    expect(await agent.status(resource, live())).toEqual({ ok: true, state: "running" });
  });

  it("by describing itself in something else than XML: it runs all the same, and validate says so", async () => {
    await room.write("Mute", `case $1 in meta-data) echo "<resource-agent><broken" ;; esac`);
    const resource = room.resource("Mute");
    expect(await agent.start(resource, live())).toEqual({ ok: true, state: "running" });
    expect(await agent.validate(resource, live())).toEqual([
      expect.stringContaining("does not describe itself"),
    ]);
  });
});
