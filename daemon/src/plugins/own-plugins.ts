// The plugins that come with this program: its package depends on them, and their names alone are enough.
import { readFileSync } from "node:fs";

const HOUSE = "@systole/";
const NO_PLUGINS: ReadonlySet<string> = new Set([`${HOUSE}core`, `${HOUSE}sdk`, `${HOUSE}witness`]);

/** The package of the house's own plugin `name`, such as `fence-agents`; undefined when there is no such plugin. */
export function ownPackage(name: string): string | undefined {
  const specifier = `${HOUSE}${name}`;
  return ownPackages().includes(specifier) ? specifier : undefined;
}

function ownPackages(): readonly string[] {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Readonly<Record<string, string>> };
  return Object.keys(dependencies).filter((name) => name.startsWith(HOUSE) && !NO_PLUGINS.has(name));
}
