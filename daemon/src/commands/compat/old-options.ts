// Options as the C library reads them: single letters, together or apart, before or behind the parameters. Pure.

export interface OldOptions {
  /** Letters that were given and are known, in order; a letter that wants a value has it in `values`. */
  readonly letters: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly parameters: readonly string[];
  /** What the C library would have printed, one line each. */
  readonly complaints: readonly string[];
}

/** `known` is written as for getopt: `mp:` knows -m, and -p with a value. */
export function readOldOptions(program: string, args: readonly string[], known: string): OldOptions {
  const letters: string[] = [];
  const values: Record<string, string> = {};
  const parameters: string[] = [];
  const complaints: string[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      parameters.push(...rest);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      parameters.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const letter = word.charAt(at);
      const place = letter === ":" ? -1 : known.indexOf(letter);
      if (place < 0) complaints.push(`${program}: invalid option -- '${letter}'`);
      else if (known[place + 1] !== ":") letters.push(letter);
      else {
        const value = at + 1 < word.length ? word.slice(at + 1) : rest.shift();
        if (value === undefined) complaints.push(`${program}: option requires an argument -- '${letter}'`);
        else values[letter] = value;
        break;
      }
    }
  }
  return { letters, values, parameters, complaints };
}
