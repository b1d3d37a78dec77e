// Pieces of YAML as a person would write them: short mappings on one line, and where a line is from behind it.
import { stringify } from "yaml";

/** Of the whole value on one line. */
export function inline(value: unknown): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
}

/** A key of a mapping, in quotes where it needs them. */
export function keyText(name: string): string {
  return stringify({ [name]: 1 }, { lineWidth: 0 })
    .trimEnd()
    .slice(0, -": 1".length);
}

/** `origin` is told behind the line; it never spans lines. */
export function withOrigin(line: string, origin: string | undefined): string {
  return origin === undefined ? line : `${line} # ${origin}`;
}

export function indented(lines: readonly string[], by = "  "): string[] {
  return lines.map((line) => (line === "" ? line : `${by}${line}`));
}
