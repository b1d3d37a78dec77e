// What an agent reads from its standard input: a line a parameter. Nobody else sees it there.

/** Throws an `Error` when a value would not stay in its line. */
export function agentInput(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (/[\r\n\0]/.test(value)) throw new Error(`the value of ${name} has more than one line`);
      return `${name}=${value}\n`;
    })
    .join("");
}
