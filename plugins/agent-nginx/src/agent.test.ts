// Does a real nginx start when it can serve, and is nothing of it left when it was stopped?
import { spawn } from "node:child_process";
import { chmod, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, connect } from "node:net";
import { join } from "node:path";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { describe, expect, test } from "vitest";
import { freePort, mayUseNginx, nginxOf, openSite, page } from "./testing/nginx-site.js";
import { agentOnSite, live, reasonOf, running, stopped } from "./testing/agent-on-site.js";

const on = agentOnSite(new NodeProcesses(), new NodeClock());
const { start, stop, status, newAgent, orphanWorkers } = on;

describe.runIf(mayUseNginx)("start", () => {
  test("answers when the page is served, and a second start leaves the same master", async () => {
    expect(await start()).toEqual(running);
    expect(await page(on.site.port)).toBe("hello\n");
    const master = await on.site.masterPid();
    expect(await newAgent().start(on.site.resource, live())).toEqual(running);
    expect(await on.site.masterPid()).toBe(master);
    expect(await nginxOf(on.site.directory)).toHaveLength(3);
  });

  test("believes no pid file that it can do without", async () => {
    await start();
    const processes = await nginxOf(on.site.directory);
    await rm(on.site.pidFile);
    expect(await start()).toEqual(running);
    expect(await nginxOf(on.site.directory)).toEqual(processes);
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("a broken configuration is this node's fault, in nginx's own words", async () => {
    await on.site.configure({ main: "worker_proceses 2;" });
    expect(reasonOf(await start())).toMatch(
      /^not-here: .*unknown directive "worker_proceses" in .*nginx\.conf:1/,
    );
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("a configuration that is missing, in the foreground, or for a binary that is missing", async () => {
    await on.site.configure({ main: "daemon off;" });
    expect(reasonOf(await start())).toMatch(/^not-here: .*says "daemon off": remove it/);
    await on.site.configure({ main: "master_process off;" });
    expect(reasonOf(await start())).toMatch(/^not-here: .*"master_process off"/);
    await rm(on.site.file);
    expect(reasonOf(await start())).toMatch(/^not-here: cannot read .*ENOENT/);
    const resource = { ...on.site.resource, parameters: { httpd: "/no/such/nginx" } };
    expect(reasonOf(await on.agent.start(resource, live()))).toMatch(
      /^not-here: there is no executable \/no\/such/,
    );
    expect(await on.agent.stop(resource, live())).toEqual(stopped);
    expect(await on.agent.status(resource, live())).toEqual(stopped);
    expect(await on.agent.validate(resource, live())).toHaveLength(1);
  });

  test("an address that this node lacks is this node's fault; stop and status do not need it", async () => {
    await on.site.configure({ listen: `listen 192.0.2.80:${on.site.port};` });
    expect(reasonOf(await start())).toMatch(/^not-here: .*192\.0\.2\.80.*Cannot assign requested address/);
    expect(await stop()).toEqual(stopped);
    expect(await status()).toEqual(stopped);
  });

  test("a port held by a stranger: names it, leaves it alone", async () => {
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(on.site.port, "0.0.0.0", resolve));
    const reason = reasonOf(await start());
    expect(reason).toMatch(
      new RegExp(`^error: 0\\.0\\.0\\.0 port ${on.site.port} is held by .* \\(pid ${process.pid}\\)`),
    );
    expect(stranger.listening).toBe(true);
    await new Promise((resolve) => stranger.close(resolve));
    expect(await start()).toEqual(running);
  });

  test("every kind of socket: wildcard, IPv6, unix, a range, a name", async () => {
    const [second, third] = [await freePort(), await freePort("::1")];
    const socket = join(on.site.directory, "web.sock");
    const listen = `listen ${on.site.port} default_server; listen [::1]:${third}; listen localhost:${second}-${second}; listen unix:${socket};`;
    await on.site.configure({ listen });
    expect(await start()).toEqual(running);
    expect(await page(second, "localhost")).toBe("hello\n");
    expect(await page(third, "[::1]")).toBe("hello\n");
    await orphanWorkers();
    // The killed master left its unix socket behind.
    expect(await readdir(on.site.directory)).toContain("web.sock");
    expect(await start()).toEqual(running);
    expect(await stop()).toEqual(stopped);
    expect(await readdir(on.site.directory)).not.toContain("web.sock");
  });

  test("an abort at any moment leaves nothing running", async () => {
    for (let delayMs = 0; delayMs < 30; delayMs += 3) {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), delayMs);
      const result = await on.agent.start(on.site.resource, abort.signal);
      if (result.ok) await stop();
      expect(reasonOf(result)).toMatch(/^$|^timeout: /);
      expect(await nginxOf(on.site.directory), `aborted after ${delayMs} ms`).toEqual([]);
    }
  });

  test("a master that dies at once is an error", async () => {
    const httpd = join(on.site.directory, "nginx");
    const script = `#!/bin/sh\ncase "$*" in -V) nginx -V;; *-t*) exit 0;; *) exit 0;; esac\n`;
    await writeFile(httpd, script);
    await chmod(httpd, 0o755);
    const resource = { ...on.site.resource, parameters: { httpd } };
    expect(reasonOf(await on.agent.start(resource, live()))).toMatch(/^error: no nginx came to live/);
  });
});

describe.runIf(mayUseNginx)("stop", () => {
  test("ends the master, its workers and its traces", async () => {
    await start();
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
    expect(await readdir(on.site.directory)).not.toContain("nginx.pid");
    expect(await page(on.site.port)).toBeUndefined();
  });

  test("a client that does not finish its request is not waited for", async () => {
    await start();
    const client = connect(on.site.port, "127.0.0.1");
    client.on("error", () => {});
    await new Promise<void>((resolve) => client.once("connect", resolve));
    client.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    expect(await stop()).toEqual(stopped);
    client.destroy();
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("a master that does not react is killed, with its workers", async () => {
    await start();
    for (const pid of await nginxOf(on.site.directory)) process.kill(pid, "SIGSTOP");
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
    expect(await readdir(on.site.directory)).not.toContain("nginx.pid");
  });

  test("works after the configuration was broken, or taken away", async () => {
    await start();
    await writeFile(on.site.file, "events { nonsense");
    expect(await status()).toEqual(running);
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
    await on.site.configure();
    await start();
    await rm(on.site.file);
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("does not touch another nginx, nor a process that has the number of the old master", async () => {
    const other = await openSite();
    const bystander = spawn("sleep", ["600"]);
    try {
      await on.agent.start(other.resource, live());
      for (const pid of [await other.masterPid(), bystander.pid]) {
        await writeFile(on.site.pidFile, `${pid}\n`);
        expect(await status()).toEqual(stopped);
        expect(await stop()).toEqual(stopped);
        expect(await start()).toEqual(running);
        expect(await stop()).toEqual(stopped);
      }
      expect(await page(other.port)).toBe("hello\n");
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    } finally {
      bystander.kill("SIGKILL");
      await other.close();
    }
  });
});

describe.runIf(mayUseNginx)("status", () => {
  test("an edit that was not loaded yet is no failure", async () => {
    await start();
    await on.site.configure({ listen: `listen 127.0.0.1:${await freePort()};` });
    expect(await status()).toEqual(running);
    expect(await stop()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });
});
