// Whether one name leads to another along what goes before what: asked before a link is added that could close a circle.

export type Links = ReadonlyMap<string, readonly string[]>;

export function leadsTo(from: string, to: string, links: Links): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(links.get(name) ?? []));
  }
  return false;
}

export function withLink(links: Map<string, readonly string[]>, from: string, to: string): void {
  links.set(from, [...(links.get(from) ?? []), to]);
}
