// Is a changed configuration noticed, loaded only where that is wanted, and kept out when nginx does not accept it?
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { describe, expect, test } from "vitest";
import { agentOnSite, live, running, stopped } from "./testing/agent-on-site.js";
import { freePort, mayUseNginx, nginxOf, page } from "./testing/nginx-site.js";

const on = agentOnSite(new NodeProcesses(), new NodeClock());
const { start, stop, status } = on;
const ON_CHANGE = { reload: "on-change" };

/** Puts what the page says into an included file. */
async function say(word: string): Promise<void> {
  await mkdir(join(on.site.directory, "conf.d"), { recursive: true });
  await writeFile(join(on.site.directory, "conf.d", "word.conf"), `return 200 ${word};`);
}

async function startSaying(word: string): Promise<void> {
  await say(word);
  await on.site.configure({ server: "include conf.d/*.conf;" });
  expect(await start()).toEqual(running);
  expect(await page(on.site.port)).toBe(word);
}

describe.runIf(mayUseNginx)("a configuration that changed on disk", () => {
  test("is said once, and not loaded without being asked to", async () => {
    await startSaying("one");
    expect(await status()).toEqual(running);
    expect(on.log.of("nginx.configuration-changed")).toHaveLength(0);
    await say("two");
    for (let round = 0; round < 3; round += 1) expect(await status()).toEqual(running);
    expect(on.log.of("nginx.configuration-changed")).toHaveLength(1);
    expect(await page(on.site.port)).toBe("one");
  });

  test("is loaded with reload=on-change, by the same master", async () => {
    await startSaying("one");
    const master = await on.site.masterPid();
    await say("two");
    expect(await status(ON_CHANGE)).toEqual(running);
    expect(await page(on.site.port)).toBe("two");
    expect(await on.site.masterPid()).toBe(master);
    expect(await status(ON_CHANGE)).toEqual(running);
    expect(on.log.of("nginx.reloaded")).toHaveLength(1);
  });

  test("is noticed by a daemon that was started since", async () => {
    await startSaying("one");
    await say("two");
    expect(await on.newAgent().status(on.resource(ON_CHANGE), live())).toEqual(running);
    expect(await page(on.site.port)).toBe("two");
    expect(on.log.of("nginx.reloaded")).toHaveLength(1);
  });

  test("a certificate belongs to it", async () => {
    await on.site.configure({ http: "ssl_password_file passwords;" });
    await writeFile(join(on.site.directory, "passwords"), "one\n");
    await start();
    await writeFile(join(on.site.directory, "passwords"), "two\n");
    await status();
    expect(on.log.of("nginx.configuration-changed")).toHaveLength(1);
  });

  test("a broken one is reported in nginx's words and takes nothing down; the mended one is loaded", async () => {
    await startSaying("one");
    const processes = await nginxOf(on.site.directory);
    await say("two; nonsense on");
    for (let round = 0; round < 3; round += 1) expect(await status(ON_CHANGE)).toEqual(running);
    expect(on.log.of("nginx.reload-refused")).toHaveLength(1);
    expect(on.warnings()).toMatch(/unknown directive \\"nonsense\\" in .*word\.conf:1/);
    expect(await page(on.site.port)).toBe("one");
    expect(await nginxOf(on.site.directory)).toEqual(expect.arrayContaining([...processes]));
    await say("three");
    expect(await status(ON_CHANGE)).toEqual(running);
    expect(await page(on.site.port)).toBe("three");
  });

  test("one that takes the running nginx to the foreground, or away, is refused", async () => {
    await startSaying("one");
    await on.site.configure({ main: "daemon off;" });
    expect(await status(ON_CHANGE)).toEqual(running);
    expect(on.warnings()).toMatch(/nginx\.reload-refused .*daemon off/);
    expect(await page(on.site.port)).toBe("one");
  });

  test("one that nginx itself cannot open is refused by nginx, and said", async () => {
    await startSaying("one");
    const taken = await freePort();
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(taken, "127.0.0.1", resolve));
    try {
      await on.site.configure({
        listen: `listen 127.0.0.1:${on.site.port}; listen 127.0.0.1:${taken};`,
        server: "return 200 two;",
      });
      expect(await status(ON_CHANGE)).toEqual(running);
      expect(on.warnings()).toMatch(/nginx\.reload-refused .*see its error log/);
      expect(await page(on.site.port)).toBe("one");
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
    expect(await stop()).toEqual(stopped);
  });
});
