import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_QUEUED_FRAMES } from "./limits.js";
import { PacedWriter } from "./paced-writer.js";

const frame = (byteLength: number, value = 0): Uint8Array => new Uint8Array(byteLength).fill(value);

/** A line that remembers when it got how many bytes. */
function line() {
  const got: { readonly atMs: number; readonly byteLength: number; readonly first: number | undefined }[] =
    [];
  const startMs = performance.now();
  const write = async (chunk: Uint8Array): Promise<void> => {
    got.push({ atMs: performance.now() - startMs, byteLength: chunk.byteLength, first: chunk[0] });
  };
  return { got, write };
}

/** How a promise ended, once it did. */
function outcome(promise: Promise<void>): { word: string } {
  const seen = { word: "waiting" };
  promise.then(
    () => (seen.word = "written"),
    (error: Error) => (seen.word = error.message),
  );
  return seen;
}

describe("PacedWriter", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("writes 512 bytes at a time, and each as late as the speed says", async () => {
    const writer = new PacedWriter(9600);
    const { got, write } = line();
    writer.connect(write);
    const sent = outcome(writer.send(frame(1100)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(got.map(({ byteLength }) => byteLength)).toEqual([512, 512, 76]);
    const gaps = got.slice(1).map(({ atMs }, index) => atMs - (got[index]?.atMs ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(533);
    expect(sent.word).toBe("written");
  });

  it("holds one frame after the other to the speed too", async () => {
    const writer = new PacedWriter(9600);
    const { got, write } = line();
    writer.connect(write);
    for (let index = 0; index < 5; index += 1) void outcome(writer.send(frame(96)));
    await vi.advanceTimersByTimeAsync(350);
    expect(got.length).toBeGreaterThanOrEqual(3);
    expect(got.length).toBeLessThanOrEqual(4);
  });

  it("drops the oldest that waits when the line needs more than three seconds for them", async () => {
    const writer = new PacedWriter(9600);
    const { got, write } = line();
    writer.connect(write);
    const sent = Array.from({ length: 10 }, (_, index) => outcome(writer.send(frame(470, index))));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map(({ word }) => word.startsWith("the line is too slow"))).toEqual(
      Array.from({ length: 10 }, (_, index) => index >= 1 && index <= 3),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(got.map(({ first }) => first)).toEqual([0, 4, 5, 6, 7, 8, 9]);
    await expect(writer.idle()).resolves.toBeUndefined();
  });

  it("keeps a bounded number of small frames", async () => {
    const writer = new PacedWriter(460_800);
    const held: (() => void)[] = [];
    writer.connect(() => new Promise((resolve) => held.push(resolve)));
    const sent = Array.from({ length: MAX_QUEUED_FRAMES + 5 }, () => outcome(writer.send(frame(10))));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.filter(({ word }) => word !== "waiting")).toHaveLength(4);
  });

  it("carries a frame alone however long it takes", async () => {
    const writer = new PacedWriter(9600);
    const { got, write } = line();
    writer.connect(write);
    const sent = outcome(writer.send(frame(64 * 1024)));
    await vi.advanceTimersByTimeAsync(80_000);
    expect(sent.word).toBe("written");
    expect(got).toHaveLength(128);
  });

  it("refuses what waits when the line is lost, and sends to the next one from the start", async () => {
    const writer = new PacedWriter(9600);
    const first = line();
    writer.connect(first.write);
    const sent = [outcome(writer.send(frame(1000))), outcome(writer.send(frame(10)))];
    await vi.advanceTimersByTimeAsync(0);
    writer.disconnect(new Error("gone"));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map(({ word }) => word)).toEqual(["the line was closed meanwhile", "gone"]);
    await expect(writer.send(frame(1))).rejects.toThrow("not open");
    const second = line();
    writer.connect(second.write);
    const again = outcome(writer.send(frame(7)));
    await vi.advanceTimersByTimeAsync(1000);
    expect([again.word, second.got.map(({ byteLength }) => byteLength)]).toEqual(["written", [7]]);
  });

  it("does not look at the sender's buffer later", async () => {
    const writer = new PacedWriter(9600);
    const { got, write } = line();
    writer.connect(write);
    const buffer = Buffer.alloc(600, 1);
    void outcome(writer.send(buffer));
    buffer.fill(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect(got.map(({ first }) => first)).toEqual([1, 1]);
  });

  it("rejects with the line's own error and goes on", async () => {
    const writer = new PacedWriter(19_200);
    let fails = true;
    writer.connect(async () => {
      if (fails) throw new Error("EIO");
    });
    await expect(writer.send(frame(5))).rejects.toThrow("EIO");
    fails = false;
    await expect(writer.send(frame(5))).resolves.toBeUndefined();
  });
});
