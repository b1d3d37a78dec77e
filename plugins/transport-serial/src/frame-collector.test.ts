import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameCollector } from "./frame-collector.js";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const texts = (frames: readonly Uint8Array[]): string[] =>
  frames.map((frame) => Buffer.from(frame).toString("latin1"));
const heard = (text: string, max?: number): string[] => texts(new FrameCollector(max).push(bytes(text)));

const A = ">>>\nt=status\nauth=1 a\n<<<\n";
const B = ">>>\nt=NS_ackmsg\nauth=1 b\n<<<\n";

describe("FrameCollector", () => {
  it("finds frames one after the other, with empty lines between", () => {
    expect(heard(A + B)).toEqual([A, B]);
    expect(heard(`\n\n${A}\n${B}`)).toEqual([A, B]);
  });

  it("skips noise before a frame and counts it", () => {
    const collector = new FrameCollector();
    expect(texts(collector.push(bytes(`\x00\xff junk\n<<<\n${A}`)))).toEqual([A]);
    expect(collector.skippedBytes).toBe(12);
  });

  it("gives up a frame whose rest was lost when the next one begins", () => {
    expect(heard(`>>>\nt=sta\n${A}`)).toEqual([A]);
  });

  it("loses only the frame that noise ran into", () => {
    expect(heard(`junk without an end${A}${B}`)).toEqual([B]);
    expect(heard(`>>>\nt=sta${A}${B}`)).toEqual([`>>>\nt=sta${A}`, B]);
  });

  it("delivers nothing for half a frame, and nothing after a reset", () => {
    const collector = new FrameCollector();
    expect(collector.push(bytes(A.slice(0, 12)))).toEqual([]);
    collector.reset();
    expect(collector.push(bytes(A.slice(12)))).toEqual([]);
    expect(texts(collector.push(bytes(B)))).toEqual([B]);
  });

  it("keeps no frame and no line that is larger than allowed", () => {
    expect(heard(`>>>\n${"x".repeat(100)}\n<<<\n${A}`, 60)).toEqual([A]);
    expect(heard(`>>>\n${"x=y\n".repeat(100)}<<<\n${A}`, 60)).toEqual([A]);
    expect(heard("x".repeat(5000), 60)).toEqual([]);
  });

  it("takes a frame of exactly the allowed size, and none of one byte more", () => {
    expect(heard(A, A.length)).toEqual([A]);
    expect(heard(A, A.length - 1)).toEqual([]);
  });

  it("does not keep the caller's buffer", () => {
    const collector = new FrameCollector();
    const half = bytes(A.slice(0, 10));
    collector.push(half);
    half.fill(0);
    expect(texts(collector.push(bytes(A.slice(10))))).toEqual([A]);
  });

  it("finds the same frames however the bytes are cut into pieces", () => {
    const alphabet = fc.constantFrom(A, B, "\n", ">>>", "<<<", ">>>\n", "<<<\n", "x=1\n", "\xff", "abc");
    fc.assert(
      fc.property(fc.array(alphabet), fc.array(fc.nat(40)), (parts, cuts) => {
        const whole = bytes(parts.join(""));
        const collector = new FrameCollector(80);
        const found: Uint8Array[] = [];
        let at = 0;
        for (const cut of [...cuts, whole.length]) {
          found.push(...collector.push(whole.slice(at, at + cut)));
          at += cut;
        }
        expect(texts(found)).toEqual(texts(new FrameCollector(80).push(whole)));
      }),
    );
  });
});
