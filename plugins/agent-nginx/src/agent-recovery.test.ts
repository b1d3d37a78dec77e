// What does the agent make of an nginx whose master was killed, and of one that is somebody else's?
import { NodeClock, NodeProcesses } from "@systole/core/node";
import type { Logger, OperationResult } from "@systole/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NginxAgent } from "./agent.js";
import { mayUseNginx, nginxOf, openSite, page, workersOf, type NginxSite } from "./testing/nginx-site.js";

const live = (): AbortSignal => new AbortController().signal;
const running: OperationResult = { ok: true, state: "running" };
const failed: OperationResult = { ok: true, state: "failed" };
const stopped: OperationResult = { ok: true, state: "stopped" };

let warnings: string[] = [];
const log: Logger = {
  debug() {},
  info() {},
  warn: (event, fields) => void warnings.push(`${event} ${JSON.stringify(fields)}`),
  error() {},
  child: () => log,
};
let site: NginxSite;
let agent: NginxAgent;
const newAgent = (): NginxAgent => new NginxAgent(new NodeProcesses(), log, new NodeClock());

beforeEach(async () => {
  warnings = [];
  site = await openSite();
  agent = newAgent();
});
afterEach(() => site.close());

const start = (): Promise<OperationResult> => agent.start(site.resource, live());
const stop = (): Promise<OperationResult> => agent.stop(site.resource, live());
const status = (): Promise<OperationResult> => agent.status(site.resource, live());
const reasonOf = (result: OperationResult): string => (result.ok ? "" : `${result.kind}: ${result.reason}`);
const gone = async (pid: number): Promise<void> => {
  while ((await nginxOf(site.directory)).includes(pid))
    await new Promise((resolve) => setTimeout(resolve, 2));
};

/** Kills the master; its workers live on and hold the port. */
async function orphanWorkers(): Promise<readonly number[]> {
  await workersOf(site.directory);
  const master = await site.masterPid();
  process.kill(master, "SIGKILL");
  await gone(master);
  return nginxOf(site.directory);
}

describe.runIf(mayUseNginx)("after kill -9 of the master", () => {
  test("status is failed and says why; stop ends the orphans", async () => {
    await start();
    const orphans = await orphanWorkers();
    expect(orphans).toHaveLength(2);
    expect(await status()).toEqual(failed);
    expect(warnings.join()).toContain(`its workers ${orphans.join(", ")} hold its sockets`);
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(site.directory)).toEqual([]);
  });

  test("start ends the orphans and serves again", async () => {
    await start();
    const orphans = await orphanWorkers();
    expect(await start()).toEqual(running);
    const now = await nginxOf(site.directory);
    expect(now).toHaveLength(3);
    expect(now.filter((pid) => orphans.includes(pid))).toEqual([]);
    expect(await page(site.port)).toBe("hello\n");
  });

  test("workers of another nginx are no orphans of ours, though they hold the port", async () => {
    const other = await openSite();
    try {
      await other.configure({ listen: `listen 127.0.0.1:${site.port};` });
      await agent.start(other.resource, live());
      expect(await status()).toEqual(stopped);
      expect(await stop()).toEqual(stopped);
      expect(reasonOf(await start())).toMatch(/^error: 127\.0\.0\.1 port \d+ is held by nginx: /);
      expect(await page(site.port)).toBe("hello\n");
    } finally {
      await other.close();
    }
  });
});

// Making a network namespace needs root. A laptop skips this; CI must not.
const mayUnshare = process.getuid?.() === 0 || process.env["CI"] === "true";

describe.runIf(mayUnshare && mayUseNginx)("in a network namespace of its own", () => {
  test("an nginx with the same files is not ours: neither seen, nor stopped, nor in the way", async () => {
    await site.configure({ listen: `listen ${site.port};` });
    const launch = await new NodeProcesses().run(
      { command: "unshare", args: ["--net", "nginx", "-c", site.file], timeoutMs: 10_000 },
      live(),
    );
    expect(launch).toMatchObject({ exitCode: 0 });
    const elsewhere = await nginxOf(site.directory);
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(await status()).toEqual(stopped);
    expect(await stop()).toEqual(stopped);
    expect(await start()).toEqual(running);
    expect(await page(site.port)).toBe("hello\n");
    expect(await stop()).toEqual(stopped);
    expect(await page(site.port)).toBeUndefined();
    expect(await nginxOf(site.directory)).toEqual(expect.arrayContaining(elsewhere));
  });
});
