// Reads nginx's configuration language far enough to find directives. Tolerant: judging the text is the task of nginx itself.

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** What stands between braces, for a block. */
  readonly block?: readonly Directive[];
}

type Token = { readonly kind: "word"; readonly text: string } | { readonly kind: ";" | "{" | "}" };

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** The directives of a file, nested as they stand. Never throws; what is cut off counts as far as it goes. */
export function parseDirectives(text: string): readonly Directive[] {
  const top: Directive[] = [];
  const open: Directive[][] = [top];
  let words: string[] = [];
  for (const token of tokens(text)) {
    const inside = open.at(-1) ?? top;
    if (token.kind === "word") {
      words.push(token.text);
      continue;
    }
    const [name, ...args] = words;
    words = [];
    if (token.kind === ";" && name !== undefined) inside.push({ name, args });
    if (token.kind === "{") {
      const block: Directive[] = [];
      inside.push({ name: name ?? "", args, block });
      open.push(block);
    }
    if (token.kind === "}" && open.length > 1) open.pop();
  }
  return top;
}

function* tokens(text: string): Generator<Token> {
  let at = 0;
  let foreignCode = false;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (/\s/.test(character)) {
      at += 1;
    } else if (character === "#") {
      at = endOfLine(text, at);
    } else if (character === "{" && foreignCode) {
      // A block of another language: its braces and semicolons are not ours.
      at = endOfForeignBlock(text, at);
      foreignCode = false;
      yield { kind: ";" };
    } else if (character === ";" || character === "{" || character === "}") {
      at += 1;
      yield { kind: character };
    } else {
      const word = character === '"' || character === "'" ? quotedWord(text, at) : plainWord(text, at);
      at = word.end;
      foreignCode ||= word.text.endsWith("_by_lua_block");
      yield { kind: "word", text: word.text };
    }
  }
}

interface Word {
  readonly text: string;
  /** Offset behind the word. */
  readonly end: number;
}

function quotedWord(text: string, start: number): Word {
  const quote = text[start];
  let word = "";
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === quote) return { text: word, end: at + 1 };
    if (text[at] === "\\" && at + 1 < text.length) {
      at += 1;
      word += unescaped(text[at] ?? "");
    } else {
      word += text[at];
    }
  }
  return { text: word, end: text.length };
}

/** Ends before a space, `;` or `{`; the brace of `${name}` belongs to the word, and so does any `}` and `#`. */
function plainWord(text: string, start: number): Word {
  let word = "";
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\\" && at + 1 < text.length) {
      at += 1;
      word += unescaped(text[at] ?? "");
    } else if (/[\s;]/.test(character) || (character === "{" && text[at - 1] !== "$")) {
      return { text: word, end: at };
    } else {
      word += character;
    }
  }
  return { text: word, end: text.length };
}

function unescaped(character: string): string {
  if (/["'\\]/.test(character)) return character;
  return ESCAPES[character] ?? `\\${character}`;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}

function endOfForeignBlock(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
