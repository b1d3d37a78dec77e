// Is an nginx that lives and does not work found out, by what it answers and by when?
import { truncate, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { describe, expect, test } from "vitest";
import { agentOnSite, failedBecause, live, reasonOf, running, stopped } from "./testing/agent-on-site.js";
import { freePort, mayUseNginx, nginxOf } from "./testing/nginx-site.js";

const on = agentOnSite(new NodeProcesses(), new NodeClock());
const { start, stop, status } = on;
const url = (path: string): string => `http://127.0.0.1:${on.site.port}${path}`;
/** Accepts and says nothing. */
async function openMuteServer(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.runIf(mayUseNginx)("check", () => {
  test("a page that answers as expected", async () => {
    const parameters = { check: url("/health"), "expect-status": "200", "expect-body": "hello" };
    expect(await start(parameters)).toEqual(running);
    expect(await status(parameters)).toEqual(running);
    expect(await on.agent.validate(on.resource(parameters), live())).toEqual([]);
  });

  test.each([
    [{ "expect-body": "goodbye" }, 'answered 200 without "goodbye"'],
    [{ "expect-status": "204,3xx" }, "answered 200"],
  ])("%o is not what it answers", async (expected, why) => {
    await start();
    expect(await status({ check: url("/"), ...expected })).toEqual(failedBecause(why));
  });

  test("an error page, and no answer at all", async () => {
    const server = "location /broken { return 503; } location /mute { return 444; }";
    await on.site.configure({ server });
    await start();
    expect(await status({ check: url("/broken") })).toEqual(failedBecause("/broken answered 503"));
    expect(await status({ check: url("/mute") })).toEqual(failedBecause("/mute failed: socket hang up"));
  });

  test("a server by its name: it is asked at its own address, and never looked up", async () => {
    const http = `server { listen 127.0.0.1:${on.site.port}; server_name www.systole.example; return 200 named; }`;
    await on.site.configure({ http, listen: `listen 127.0.0.1:${on.site.port} default_server;` });
    await start();
    const check = `http://www.systole.example:${on.site.port}/`;
    expect(await status({ check, "expect-body": "named" })).toEqual(running);
    expect(await status({ check: url("/"), "expect-body": "named" })).toEqual(failedBecause("without"));
  });

  test("an endless body is not read to its end", async () => {
    const server = `location /zeros { root ${on.site.directory}; } location /first { return 200 "x"; }`;
    await on.site.configure({ server });
    await writeFile(`${on.site.directory}/zeros`, "begin");
    await truncate(`${on.site.directory}/zeros`, 4_000_000_000);
    await start();
    const parameters = { check: url("/zeros"), "expect-body": "begin", "check-timeout": "10s" };
    expect(await status(parameters)).toEqual(running);
  });

  test("where nginx does not listen: said before it is started, and a failure after", async () => {
    const elsewhere = await freePort();
    const parameters = { check: `http://127.0.0.1:${elsewhere}/`, "stub-status": "http://192.0.2.1/" };
    const at = `nginx does not listen there; it listens on 127.0.0.1 port ${on.site.port}`;
    expect(await on.agent.validate(on.resource(parameters), live())).toEqual([
      `check=http://127.0.0.1:${elsewhere}/: ${at}`,
      `stub-status=http://192.0.2.1/: ${at}`,
    ]);
    await start();
    expect(await status(parameters)).toEqual(failedBecause("nginx does not listen there"));
  });

  test("a start does not succeed before it passes, and leaves nothing when its time is over", async () => {
    const parameters = { check: url("/"), "expect-body": "goodbye" };
    const result = await on.agent.start(on.resource(parameters), AbortSignal.timeout(1500));
    expect(reasonOf(result)).toMatch(/^timeout: .*answered 200 without "goodbye"/);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("a start heals what lives and does not answer", async () => {
    await start();
    const before = await on.site.masterPid();
    await on.freeze();
    expect(await start({ check: url("/"), "check-timeout": "200ms" })).toEqual(running);
    expect(await on.site.masterPid()).not.toBe(before);
  });
});

describe.runIf(mayUseNginx)("a deadlocked nginx", () => {
  test("is found by the deadline of the check: failed, not a timeout", async () => {
    const mute = await openMuteServer();
    try {
      await on.site.configure({
        server: `location /stuck { proxy_pass http://127.0.0.1:${mute.port}; }`,
      });
      await start();
      const begun = performance.now();
      expect(await status({ check: url("/stuck"), "check-timeout": "300ms" })).toEqual(
        failedBecause("/stuck did not answer within 300 ms"),
      );
      expect(performance.now() - begun).toBeGreaterThanOrEqual(299);
    } finally {
      await mute.close();
    }
  });

  test("is found without any check when a signal stopped it", async () => {
    await start();
    const frozen = await on.freeze();
    expect(await status()).toEqual(failedBecause("are stopped by a signal (SIGSTOP)"));
    for (const pid of frozen) process.kill(pid, "SIGCONT");
    await expect.poll(() => status()).toEqual(running);
    await on.freeze();
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });
});

describe.runIf(mayUseNginx)("stub_status", () => {
  test("is read; another page in its place is a failure", async () => {
    await on.site.configure({ server: "location = /nginx_status { stub_status; }" });
    await start();
    expect(await status({ "stub-status": url("/nginx_status") })).toEqual(running);
    expect(await status({ "stub-status": url("/") })).toEqual(
      failedBecause("answered 200 and no page of stub_status"),
    );
  });

  test("connections that nginx drops are told", async () => {
    const server = `location = /nginx_status { stub_status; }
      location = /slow { root ${on.site.directory}; limit_rate 1k; }`;
    await writeFile(join(on.site.directory, "slow"), "x".repeat(100_000));
    await on.site.configure({ server, workers: 1, connections: 12 });
    const parameters = { "stub-status": url("/nginx_status"), "check-timeout": "5s" };
    await start();
    expect(await status(parameters)).toEqual(running);
    const clients: Socket[] = [];
    for (let count = 0; count < 20; count += 1) {
      const client = connect(on.site.port, "127.0.0.1").on("error", () => {});
      clients.push(client);
      client.write("GET /slow HTTP/1.0\r\n\r\n");
      // Served, or dropped: nginx has no more than 12.
      await new Promise<void>((resolve) => {
        client.once("data", () => resolve()).once("close", () => resolve());
      });
    }
    for (const client of clients) client.destroy();
    const again = async (): Promise<boolean> =>
      (await status(parameters)).ok && on.warnings().includes("dropped");
    await expect.poll(again, { timeout: 10_000 }).toBe(true);
    expect(on.warnings()).toContain('nginx.connections-dropped {"dropped":');
  });
});
