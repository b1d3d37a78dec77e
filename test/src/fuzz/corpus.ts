// Inputs that are kept: those that broke a promise once, and those that no mutation finds quickly. Lines of JSON, so that they can
// be read and compared; each byte is a character.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The same from source and from the build. */
export const CORPUS = fileURLToPath(new URL("../../src/fuzz/corpus/", import.meta.url));
const SUFFIX = ".jsonl";

export interface KeptInput {
  /** Why it is kept. */
  readonly note: string;
  readonly bytes: Uint8Array;
}

export function keptInputs(door: string, directory = CORPUS): readonly KeptInput[] {
  const path = `${directory}${door}${SUFFIX}`;
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => {
    const { note, input } = JSON.parse(line) as { readonly note: string; readonly input: string };
    return { note, bytes: new Uint8Array(Buffer.from(input, "latin1")) };
  });
}

/** Appends; returns the number of the input in its file, from 1. One that is there already is not written again. */
export function keepInput(door: string, kept: KeptInput, directory = CORPUS): number {
  const present = keptInputs(door, directory);
  const known = present.findIndex(({ bytes }) => Buffer.compare(bytes, kept.bytes) === 0);
  if (known >= 0) return known + 1;
  mkdirSync(directory, { recursive: true });
  const lines = [...present, kept].map(lineOf);
  writeFileSync(`${directory}${door}${SUFFIX}`, lines.join(""));
  return lines.length;
}

/** Doors that have a corpus. */
export function keptDoors(directory = CORPUS): readonly string[] {
  const files = existsSync(directory) ? readdirSync(directory) : [];
  return files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
}

function lineOf({ note, bytes }: KeptInput): string {
  const text = JSON.stringify({ note, input: Buffer.from(bytes).toString("latin1") });
  return `${text.replaceAll(/[\u007f-\u00ff]/g, escaped)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
