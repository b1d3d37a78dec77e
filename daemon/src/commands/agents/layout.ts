// Names in columns that fit a terminal of 80 columns.
import { harmless } from "../terminal.js";
import { WIDTH } from "../wrapped.js";

/** Names below each other in as many columns as fit, read downwards as `ls` does it. */
export function inColumns(names: readonly string[], indent: string): string {
  const width = Math.max(...names.map((name) => name.length), 1) + 2;
  const columns = Math.max(1, Math.floor((WIDTH - indent.length + 2) / width));
  const rows = Math.ceil(names.length / columns);
  const lines = Array.from({ length: rows }, (_, row) =>
    names
      .filter((_name, index) => index % rows === row)
      .map((name) => harmless(name).padEnd(width))
      .join("")
      .trimEnd(),
  );
  return lines.map((line) => `${indent}${line}\n`).join("");
}
