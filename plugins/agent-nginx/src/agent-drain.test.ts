// Does a planned stop let downloads finish within its bound, without refusing anybody meanwhile?
import { writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { describe, expect, test } from "vitest";
import { agentOnSite, live, running, stopped } from "./testing/agent-on-site.js";
import { mayUseNginx, nginxOf, page } from "./testing/nginx-site.js";

const BYTES = 60_000;

const on = agentOnSite(new NodeProcesses(), new NodeClock());
const { start, stop } = on;

/** Serves a file at `bytesPerSecond`, and begins to load it. Resolves to what is loaded in the end. */
async function slowDownload(bytesPerSecond: number): Promise<() => Promise<number>> {
  const server = `location = /slow { root ${on.site.directory}; limit_rate ${bytesPerSecond}; }`;
  await on.site.configure({ server });
  await writeFile(join(on.site.directory, "slow"), Buffer.alloc(BYTES));
  expect(await start()).toEqual(running);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port: on.site.port, path: "/slow", agent: false }, resolve).on("error", reject);
  });
  let loaded = 0;
  response.on("data", (chunk: Buffer) => void (loaded += chunk.length));
  const ended = new Promise<void>((resolve) => {
    response.on("error", () => resolve());
    response.on("close", () => resolve());
  });
  return async () => {
    await ended;
    return loaded;
  };
}

describe.runIf(mayUseNginx)("a stop with drain", () => {
  test("waits for a slow download, and no longer", async () => {
    const download = await slowDownload(40_000);
    const begun = performance.now();
    expect(await stop({ drain: "30s" })).toEqual(stopped);
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(await download()).toBe(BYTES);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });

  test("serves new requests until it ends", async () => {
    const download = await slowDownload(20_000);
    let ended = false;
    const stopping = stop({ drain: "30s" }).finally(() => (ended = true));
    const answers: (string | undefined)[] = [];
    // The last second is not asked about: there the end comes.
    for (let round = 0; round < 8; round += 1) {
      answers.push(await page(on.site.port));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(ended).toBe(false);
    expect(answers).toEqual(Array.from({ length: 8 }, () => "hello\n"));
    expect(await stopping).toEqual(stopped);
    expect(await download()).toBe(BYTES);
  });

  test("ends a download that takes longer than the bound", async () => {
    const download = await slowDownload(2000);
    const begun = performance.now();
    expect(await stop({ drain: "700ms" })).toEqual(stopped);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(699);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await download()).toBeLessThan(BYTES);
    expect(await nginxOf(on.site.directory)).toEqual([]);
    expect(on.warnings()).toContain('nginx.drain-ended {"withinMs":700,"workersLeft":1}');
  });

  test("an idle connection is not waited for", async () => {
    await start();
    const begun = performance.now();
    expect(await page(on.site.port)).toBe("hello\n");
    expect(await stop({ drain: "50s" })).toEqual(stopped);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test("never loads a configuration that nobody asked for: it does without", async () => {
    const download = await slowDownload(2000);
    await on.site.configure({ server: "location = /edited { return 200 edited; }" });
    const begun = performance.now();
    expect(await stop({ drain: "50s" })).toEqual(stopped);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await download()).toBeLessThan(BYTES);
    expect(on.warnings()).toContain("its configuration was changed and not loaded yet");
  });

  test("does without when another node may serve already", async () => {
    const download = await slowDownload(2000);
    const begun = performance.now();
    const resource = on.resource({ drain: "50s" });
    expect(await on.agent.stop(resource, live(), { urgent: true })).toEqual(stopped);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await download()).toBeLessThan(BYTES);
    expect(on.warnings()).toContain("another node may serve already");
  });

  test("an abort ends the waiting: a timeout, and a later stop succeeds", async () => {
    const download = await slowDownload(2000);
    const resource = on.resource({ drain: "50s" });
    const result = await on.agent.stop(resource, AbortSignal.timeout(300));
    expect(result).toMatchObject({ ok: false, kind: "timeout" });
    expect(await stop()).toEqual(stopped);
    expect(await download()).toBeLessThan(BYTES);
    expect(await nginxOf(on.site.directory)).toEqual([]);
  });
});
