// Does a warm nginx count as stopped until it is started for the group, whoever started it and whoever asks?
import { readFile, rm, writeFile } from "node:fs/promises";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { describe, expect, test } from "vitest";
import { agentOnSite, live, reasonOf, running, stopped } from "./testing/agent-on-site.js";
import { mayUseNginx, nginxOf, page, workersOf } from "./testing/nginx-site.js";

const on = agentOnSite(new NodeProcesses(), new NodeClock());
const { start, stop, status, warm } = on;
const WARM = { warm: "true" };
/** As an administrator or the system would. */
async function launchByHand(): Promise<void> {
  const request = { command: "nginx", args: ["-c", on.site.file], timeoutMs: 10_000 };
  await new NodeProcesses().run(request, live());
  await workersOf(on.site.directory);
}

async function killAll(): Promise<void> {
  await workersOf(on.site.directory);
  for (const pid of await nginxOf(on.site.directory)) process.kill(pid, "SIGKILL");
  while ((await nginxOf(on.site.directory)).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 2));
}

describe.runIf(mayUseNginx)("warm", () => {
  test("runs, counts as stopped, and start only takes it", async () => {
    expect(await warm(WARM)).toEqual(stopped);
    await workersOf(on.site.directory);
    const processes = await nginxOf(on.site.directory);
    expect(processes).toHaveLength(3);
    expect(await status(WARM)).toEqual(stopped);
    expect(await warm(WARM)).toEqual(stopped);
    expect(await start(WARM)).toEqual(running);
    expect(await status(WARM)).toEqual(running);
    expect(await nginxOf(on.site.directory)).toEqual(processes);
  });

  test("stop ends both, and what was stopped can be warm again", async () => {
    await warm(WARM);
    expect(await stop(WARM)).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
    await start(WARM);
    expect(await stop(WARM)).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
    expect(await warm(WARM)).toEqual(stopped);
    expect(await status(WARM)).toEqual(stopped);
  });

  test("a restarted daemon, and anybody who checks, sees the same", async () => {
    await warm(WARM);
    expect(await on.newAgent().status(on.resource(WARM), live())).toEqual(stopped);
    await on.newAgent().start(on.resource(WARM), live());
    expect(await on.newAgent().status(on.resource(WARM), live())).toEqual(running);
  });

  test("an nginx that was started at boot is as good as a warm one", async () => {
    await launchByHand();
    const processes = await nginxOf(on.site.directory);
    expect(await status(WARM)).toEqual(stopped);
    expect(await warm(WARM)).toEqual(stopped);
    expect(await start(WARM)).toEqual(running);
    expect(await nginxOf(on.site.directory)).toEqual(expect.arrayContaining(processes));
  });

  test("what served once and came back by itself after a crash still serves; after a reboot it does not", async () => {
    await start(WARM);
    await killAll();
    expect(await status(WARM)).toEqual(stopped);
    await launchByHand();
    expect(await status(WARM)).toEqual(running);
    const record = `${on.site.pidFile}.systole`;
    const [, ...rest] = (await readFile(record, "utf8")).split("\n");
    await writeFile(record, ["another boot", ...rest].join("\n"));
    expect(await status(WARM)).toEqual(stopped);
  });

  test("warm after a crash in service does not make it serve", async () => {
    await start(WARM);
    await killAll();
    expect(await warm(WARM)).toEqual(stopped);
    expect(await status(WARM)).toEqual(stopped);
    expect(await workersOf(on.site.directory)).toHaveLength(2);
  });

  test("serves with the configuration that a fresh start would have, or, if that is broken, with its own", async () => {
    await on.site.configure({ server: "return 200 one;" });
    await warm(WARM);
    await on.site.configure({ server: "return 200 two;" });
    expect(await start(WARM)).toEqual(running);
    expect(await page(on.site.port)).toBe("two");
    await stop(WARM);
    await warm(WARM);
    await on.site.configure({ server: "nonsense;" });
    expect(await start(WARM)).toEqual(running);
    expect(on.warnings()).toMatch(/nginx\.reload-refused .*unknown directive/);
    expect(await page(on.site.port)).toBe("two");
  });

  test("one that does not react is replaced", async () => {
    await warm(WARM);
    const frozen = await on.freeze();
    expect(await status(WARM)).toEqual(stopped);
    expect(await warm(WARM)).toEqual(stopped);
    expect((await nginxOf(on.site.directory)).filter((pid) => frozen.includes(pid))).toEqual([]);
    expect(await page(on.site.port)).toBe("hello\n");
  });

  test("without the parameter there is nothing to do", async () => {
    expect(await warm()).toEqual(stopped);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("an address that only the active node has: says what to set", async () => {
    await on.site.configure({ listen: `listen 192.0.2.80:${on.site.port};` });
    const advice =
      /^nginx listens on 192\.0\.2\.80:\d+, which is not on this node while it stands by: .*net\.ipv4\.ip_nonlocal_bind=1/;
    const [problem] = await on.agent.validate(on.resource(WARM), live());
    expect(problem).toMatch(advice);
    expect(reasonOf(await warm(WARM)).replace("not-here: ", "")).toMatch(advice);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("a record that cannot be written is an error, not a lie", async () => {
    await rm(on.site.directory, { recursive: true });
    expect(await warm(WARM)).toMatchObject({ ok: false });
    expect(await status(WARM)).toEqual(stopped);
  });
});
