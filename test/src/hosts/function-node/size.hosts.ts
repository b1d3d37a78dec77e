// What a node costs whoever uploads it: the core as a Worker has it, without anything of Node, and small.
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { bundle } from "../bundle.js";
import { workerBundle } from "./gamma-hosts.js";

const MOST_KB = 60;
/** Engine, messages, runtime and the host for Workers: all of @systole/core that a Worker brings with its node. */
const CORE = `export { durableNode, fetchDurableNode } from "@systole/core/workers";`;

const kilobytes = (text: string): number => gzipSync(text, { level: 9 }).length / 1000;

it(`fits into ${String(MOST_KB)} kB, engine, messages, runtime and the host for Workers`, async () => {
  const core = await bundle({ entry: CORE, for: "workers", minify: true });
  const node = await workerBundle(true);
  process.stdout.write(
    `  @systole/core for Workers: ${kilobytes(core).toFixed(1)} kB gzipped (${(core.length / 1000).toFixed(0)} kB); a whole node ${kilobytes(node).toFixed(1)} kB\n`,
  );
  expect(kilobytes(core)).toBeGreaterThan(20);
  expect(kilobytes(core)).toBeLessThan(MOST_KB);
  expect(kilobytes(node)).toBeGreaterThan(kilobytes(core));
});

it("is refused as soon as something of Node comes in", async () => {
  const bundled = (line: string) => bundle({ entry: `${CORE}\n${line}`, for: "workers" });
  await expect(bundled('export { NodeClock, FileStore } from "@systole/core/node";')).rejects.toThrow(
    /node:fs\/promises: imported by core\/src\/host\/node-store.ts/,
  );
  await expect(bundled('import "crypto";')).rejects.toThrow("crypto: imported by the entry");
});
