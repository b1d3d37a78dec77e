import * as fc from "fast-check";
import { expect, it } from "vitest";
import { LineReader } from "./line-reader.js";

function read(maxBytes: number, chunks: readonly Buffer[]) {
  const lines: string[] = [];
  let tooLong = 0;
  const reader = new LineReader(maxBytes, {
    line: (text) => lines.push(text),
    tooLong: () => (tooLong += 1),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { lines, tooLong };
}

it("gives the same lines however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 9 })),
      fc.integer({ min: 1, max: 5 }),
      (words, size) => {
        const lines = words.map((word) => word.replaceAll("\n", ""));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(read(1000, chunks)).toEqual({ lines, tooLong: 0 });
      },
    ),
  );
});

it("gives up once on a line that is too long, with or without an end", () => {
  expect(read(4, [Buffer.from("1234\n12345\n12\n")])).toEqual({ lines: ["1234"], tooLong: 1 });
  expect(read(4, [Buffer.from("12"), Buffer.from("345"), Buffer.from("6\n")])).toEqual({
    lines: [],
    tooLong: 1,
  });
});
