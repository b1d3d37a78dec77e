import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hrtime } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeSelf } from "./node-self.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "systole-self-"));
});

afterEach(() => rmSync(root, { recursive: true }));

describe("what Linux tells of the machine", () => {
  it("compares the two clocks that a suspension tells apart", () => {
    const monotonicSeconds = Number(hrtime.bigint()) / 1e9;
    writeFileSync(join(root, "uptime"), `${monotonicSeconds + 3600} 12.5\n`);
    const { suspendedMs = 0 } = new NodeSelf(root).look();
    expect(suspendedMs).toBeLessThanOrEqual(3_600_000);
    expect(suspendedMs).toBeGreaterThan(3_590_000);
  });

  it("reads stolen time and pressure", () => {
    writeFileSync(join(root, "stat"), "cpu  1 2 3 4 5 6 7 42 0 0\ncpu0 1 2 3 4 5 6 7 21 0 0\n");
    mkdirSync(join(root, "pressure"));
    const line = (kind: string): string => `${kind} avg10=12.50 avg60=1.00 avg300=0.10 total=7\n`;
    writeFileSync(join(root, "pressure/cpu"), line("some") + line("full"));
    const { stolenMs, cpus, cpuPressure } = new NodeSelf(root).look();
    expect(stolenMs).toBe(420);
    expect(cpus).toBeGreaterThan(0);
    expect(cpuPressure).toBe(0.125);
  });

  it("reads the slower ones once a second at most", () => {
    writeFileSync(join(root, "stat"), "cpu  1 2 3 4 5 6 7 42 0 0\n");
    const self = new NodeSelf(root);
    expect(self.look()).toHaveProperty("stolenMs");
    expect(self.look()).not.toHaveProperty("stolenMs");
  });

  it("leaves out what a kernel does not tell", () => {
    expect(new NodeSelf(root).look()).toEqual({});
  });

  it("finds that this machine was not suspended between two looks", () => {
    const self = new NodeSelf();
    const first = self.look().suspendedMs;
    const second = self.look().suspendedMs;
    expect(first === undefined || second === undefined || Math.abs(second - first) < 50).toBe(true);
  });
});
