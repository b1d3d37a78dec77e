// Sentences on lines that are not too long.

/** Breaks at blanks; the first line begins with `first`, the others with `indent`. A longer word keeps its line to itself. */
export function wrapped(text: string, first: string, indent: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isBare = true;
  for (const word of text.split(" ")) {
    if (!isBare && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      isBare = true;
    }
    line += isBare ? word : ` ${word}`;
    isBare = false;
  }
  return [...lines, line];
}
