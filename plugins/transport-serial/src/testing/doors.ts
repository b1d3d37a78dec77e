/** Where foreign bytes come in from a serial line, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { FrameCollector } from "../frame-collector.js";

const MOST = 2048;

export const doors = [
  {
    name: "serial-line",
    promise:
      "the same frames however the bytes are cut; none is larger than allowed, and none is made of two",
    words: [">>>\n", "<<<\n", "\n", "\r\n", ">>>", "x".repeat(600)],
    seeds: [">>>\nt=status\nauth=1 0\n<<<\n", "noise\n>>>\na=b\n>>>\nc=d\n<<<\n<<<\n"],
    feed(bytes: Uint8Array): string {
      const collected = (size: number): readonly string[] => {
        const collector = new FrameCollector(MOST);
        const frames: string[] = [];
        for (let at = 0; at < bytes.length; at += size)
          for (const frame of collector.push(bytes.subarray(at, at + size)))
            frames.push(Buffer.from(frame).toString("latin1"));
        assert.ok(collector.skippedBytes <= bytes.length);
        return frames;
      };
      const frames = collected(bytes.length + 1);
      assert.deepEqual(collected(9), frames);
      for (const frame of frames) {
        assert.ok(frame.length <= MOST && frame.startsWith(">>>\n") && frame.endsWith("\n<<<\n"));
        assert.equal(frame.lastIndexOf("\n>>>\n"), -1);
      }
      return String(Math.min(3, frames.length));
    },
  },
];
