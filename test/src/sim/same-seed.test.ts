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

/** Short lives of two and three nodes, a special one among them, and one of a mixed pair. */
const LIVES: readonly Asked[] = [
  ...[7, 9, 11, 14].map((seed) => ({ seed, mixed: false })),
  { seed: 4, mixed: true },
];

const fingerprintOf = ({ seed, mixed }: Asked): string =>
  live(lifeOfSeed(seed, AUTHENTICATOR, mixed)).fingerprint;

it("has the same fingerprint when it is lived again, also in a thread, and no other seed has it", async () => {
  const first = LIVES.map(fingerprintOf);
  expect(first.every((text) => /^[0-9a-f]{8}-\d{5,}$/.test(text))).toBe(true);
  expect(LIVES.map(fingerprintOf)).toEqual(first);
  expect(new Set(first).size).toBe(LIVES.length);
  expect(await inThread(LIVES)).toEqual(first);
}, 120_000);

it("has another one when anything is different", () => {
  const init = lifeOfSeed(7, AUTHENTICATOR);
  const { fingerprint } = live(init);
  expect(live({ ...init, seed: init.seed + 1 }).fingerprint).not.toBe(fingerprint);
  expect(live({ ...init, schedule: init.schedule.slice(1) }).fingerprint).not.toBe(fingerprint);
  const slower = { ...init.scene, operationMs: init.scene.operationMs + 1 };
  expect(live({ ...init, scene: slower }).fingerprint).not.toBe(fingerprint);
});

async function inThread(lives: readonly Asked[]): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), "systole-thread-"));
  const path = join(directory, "worker.mjs");
  writeFileSync(path, await bundled("test/src/sim/many/worker.ts"));
  const worker = new Worker(path);
  try {
    const fingerprints: string[] = [];
    for (const asked of lives) fingerprints.push((await told(worker, asked)).fingerprint);
    return fingerprints;
  } finally {
    await worker.terminate();
    rmSync(directory, { recursive: true });
  }
}

function told(worker: Worker, asked: Asked): Promise<LivedSeed> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
    worker.postMessage(asked);
  });
}
