// What the two directions of the string form share: its marks, and the bytes that stand for newlines where none may be.

export const STRING_START = ">>>\n";
export const STRING_END = "<<<\n";
export const NEWLINE = 0x0a;

/** Stands for a newline inside a text value. */
export const TEXT_NEWLINE = 0x13;

/** Stand for the newlines of a nested message, by depth: the outermost child's first. */
const NESTED_NEWLINES = [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 15, 16, 17, 18];

/** The newline substitute of a message at `depth` (1 for a child of the outermost message); undefined beyond `MAX_DEPTH`. */
export function nestedNewline(depth: number): number | undefined {
  return NESTED_NEWLINES[depth - 1];
}
