// A list of byte strings as one value, the same in both forms: `3:one,5:three,`.
import { bytesToText } from "./byte-text.js";
import type { ByteWriter } from "./byte-writer.js";
import { CountedItems } from "./counted-items.js";
import type { DecodeReason, PieceBudget } from "./outcome.js";

export function readList(
  bytes: Uint8Array,
  start: number,
  end: number,
  budget: PieceBudget,
): readonly string[] | DecodeReason {
  const items: string[] = [];
  const cursor = new CountedItems(bytes, start, end);
  while (cursor.at < end) {
    if (!budget.take()) return "too-many-fields";
    const problem = cursor.next();
    if (problem !== undefined) return problem;
    items.push(bytesToText(bytes, cursor.start, cursor.end));
  }
  return items;
}

export function writeList(writer: ByteWriter, items: readonly string[]): void {
  for (const item of items) writer.text(`${item.length}:${item},`);
}
