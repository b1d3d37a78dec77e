// What agents print for `list`: a plug a line, and after a separator the name that people gave it.

export interface Plug {
  readonly plug: string;
  /** "" where it has none. */
  readonly alias: string;
}

export function parsePlugs(text: string, separator = ","): readonly Plug[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [plug = "", alias = ""] = line.split(separator);
      return { plug: plug.trim(), alias: alias.trim() };
    })
    .filter(({ plug }) => plug !== "");
}

/** Every name under which a node can be meant, each once. A name that two plugs have is nobody's. */
export function nodeNames(plugs: readonly Plug[]): readonly string[] {
  const names = new Set(plugs.flatMap(({ plug, alias }) => (alias === "" ? [plug] : [plug, alias])));
  return [...names].filter((name) => plugOf(plugs, name) !== undefined);
}

/** The plug of a node: an alias is nearer to a node's name than a number is. Undefined when it is not plain which. */
export function plugOf(plugs: readonly Plug[], node: string): string | undefined {
  const named = new Set(
    plugs.filter(({ alias, plug }) => alias === node || plug === node).map(({ plug }) => plug),
  );
  const [only] = named;
  return named.size === 1 ? only : undefined;
}
