// Values without names, as heartbeat's files have them: the names come from the type, and the last one takes the rest.

export type Named =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: string };

export function inOrder(text: string, names: readonly string[]): Named {
  const values: Record<string, string> = {};
  let rest = text.trim();
  for (const [index, name] of names.entries()) {
    if (rest === "")
      return { ok: false, reason: `the value of ${name} is missing; in order: ${names.join(" ")}` };
    const isLast = index === names.length - 1;
    const [word = ""] = isLast ? [rest] : (/^\S+/.exec(rest) ?? []);
    values[name] = word;
    rest = rest.slice(word.length).trim();
  }
  if (rest !== "") return { ok: false, reason: "it takes no parameters, and some are given" };
  return { ok: true, values };
}

/** The first line that is neither empty nor a comment; undefined when there is none. */
export function lineOfValues(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#"));
}
