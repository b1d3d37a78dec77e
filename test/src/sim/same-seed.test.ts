// One seed decides everything: the same life again, to the byte, here and in a thread of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { lifeOfSeed, live } from "@systole/sim";
import { expect, it } from "vitest";
import { bundled } from "./from-source.js";
import type { Asked, LivedSeed } from "./many/worker.js";
import { AUTHENTICATOR } from "./simulated-cluster.js";

/** Of every kind of surroundings, special ones among them. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

const fingerprintOf = (seed: number): string => live(lifeOfSeed(seed, AUTHENTICATOR)).fingerprint;

it("has the same fingerprint when it is lived again, also in a thread, and no other seed has it", async () => {
  const first = SEEDS.map(fingerprintOf);
  expect(first.every((text) => /^[0-9a-f]{8}-\d{5,}$/.test(text))).toBe(true);
  expect(SEEDS.map(fingerprintOf)).toEqual(first);
  expect(new Set(first).size).toBe(SEEDS.length);
  expect(await inThread(SEEDS)).toEqual(first);
}, 120_000);

it("has another one when anything is different", () => {
  const init = lifeOfSeed(1, AUTHENTICATOR);
  const { fingerprint } = live(init);
  expect(live({ ...init, seed: init.seed + 1 }).fingerprint).not.toBe(fingerprint);
  expect(live({ ...init, schedule: init.schedule.slice(1) }).fingerprint).not.toBe(fingerprint);
  const slower = { ...init.scene, operationMs: init.scene.operationMs + 1 };
  expect(live({ ...init, scene: slower }).fingerprint).not.toBe(fingerprint);
});

async function inThread(seeds: readonly number[]): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), "systole-thread-"));
  const path = join(directory, "worker.mjs");
  writeFileSync(path, await bundled("test/src/sim/many/worker.ts"));
  const worker = new Worker(path);
  try {
    const fingerprints: string[] = [];
    for (const seed of seeds) fingerprints.push((await told(worker, seed)).fingerprint);
    return fingerprints;
  } finally {
    await worker.terminate();
    rmSync(directory, { recursive: true });
  }
}

function told(worker: Worker, seed: number): Promise<LivedSeed> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
    worker.postMessage({ seed, mixed: false } satisfies Asked);
  });
}
