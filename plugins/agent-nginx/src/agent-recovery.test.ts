// What does the agent make of an nginx whose master was killed, and of one that is somebody else's?
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { describe, expect, test } from "vitest";
import { mayUseNginx, nginxOf, openSite, page } from "./testing/nginx-site.js";
import { agentOnSite, live, reasonOf, running, stopped, failedBecause } from "./testing/agent-on-site.js";

const on = agentOnSite(new NodeProcesses(), new NodeClock());
const { start, stop, status, orphanWorkers } = on;

describe.runIf(mayUseNginx)("after kill -9 of the master", () => {
  test("status is failed and says why; stop ends the orphans", async () => {
    await start();
    const orphans = await orphanWorkers();
    expect(orphans).toHaveLength(2);
    expect(await status()).toEqual(failedBecause(`its workers ${orphans.join(", ")} hold its sockets`));
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("start ends the orphans and serves again", async () => {
    await start();
    const orphans = await orphanWorkers();
    expect(await start()).toEqual(running);
    const now = await nginxOf(on.site.directory);
    expect(now).toHaveLength(3);
    expect(now.filter((pid) => orphans.includes(pid))).toEqual([]);
    expect(await page(on.site.port)).toBe("hello\n");
  });

  test("workers of another nginx are no orphans of ours, though they hold the port", async () => {
    const other = await openSite();
    try {
      await other.configure({ listen: `listen 127.0.0.1:${on.site.port};` });
      await on.agent.start(other.resource, live());
      expect(await status()).toEqual(stopped);
      expect(await stop()).toEqual(stopped);
      expect(reasonOf(await start())).toMatch(/^error: 127\.0\.0\.1 port \d+ is held by nginx: /);
      expect(await page(on.site.port)).toBe("hello\n");
    } finally {
      await other.close();
    }
  });
});

// Making a network namespace needs root. A laptop skips this; CI must not.
const mayUnshare = process.getuid?.() === 0 || process.env["CI"] === "true";

describe.runIf(mayUnshare && mayUseNginx)("in a network namespace of its own", () => {
  test("an nginx with the same files is not ours: neither seen, nor stopped, nor in the way", async () => {
    await on.site.configure({ listen: `listen ${on.site.port};` });
    const launch = await new NodeProcesses().run(
      { command: "unshare", args: ["--net", "nginx", "-c", on.site.file], timeoutMs: 10_000 },
      live(),
    );
    expect(launch).toMatchObject({ exitCode: 0 });
    const elsewhere = await nginxOf(on.site.directory);
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(await status()).toEqual(stopped);
    expect(await stop()).toEqual(stopped);
    expect(await start()).toEqual(running);
    expect(await page(on.site.port)).toBe("hello\n");
    expect(await stop()).toEqual(stopped);
    expect(await page(on.site.port)).toBeUndefined();
    expect(await nginxOf(on.site.directory)).toEqual(expect.arrayContaining(elsewhere));
  });
});
