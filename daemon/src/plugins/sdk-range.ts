// Which SDKs a package says it runs with: the few forms of version ranges that people write for a peer dependency.

type Version = readonly [major: number, minor: number, patch: number];
/** From `least` up to, and without, `below`. */
interface Span {
  readonly least: Version;
  readonly below: Version;
}

const ENDLESS: Version = [Infinity, 0, 0];
const COMPARATOR = /^(\^|~|>=|<=|>|<|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?$/;

/** Whether `version` is in `range`; undefined when the range is none, such as a path or a tag. */
export function rangeAllows(range: string, version: string): boolean | undefined {
  const wanted = versionOf(version);
  const alternatives = range.split("||").map((part) => spansOf(part.trim()));
  if (wanted === undefined || alternatives.includes(undefined)) return undefined;
  return alternatives.some((spans) =>
    spans?.every(({ least, below }) => compare(wanted, least) >= 0 && compare(wanted, below) < 0),
  );
}

function versionOf(text: string): Version | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Comparators between blanks hold all at once. */
function spansOf(text: string): readonly Span[] | undefined {
  if (text === "") return [{ least: [0, 0, 0], below: ENDLESS }];
  const spans = text
    .replaceAll(/(>=|<=|>|<|=|\^|~)\s+/g, "$1")
    .split(/\s+/)
    .map(spanOf);
  return spans.every((span) => span !== undefined) ? spans : undefined;
}

function spanOf(text: string): Span | undefined {
  const [whole, operator = "", ...parts] = COMPARATOR.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const [major, minor, patch] = parts.map((part) => (/^\d+$/.test(part ?? "") ? Number(part) : undefined));
  const least: Version = [major ?? 0, minor ?? 0, patch ?? 0];
  const next = successor(major, minor, patch);
  switch (operator) {
    case "^":
      return { least, below: major === undefined ? ENDLESS : nextBreaking(major, minor, patch) };
    case "~":
      return { least, below: minor === undefined ? next : [least[0], minor + 1, 0] };
    case ">=":
      return { least, below: ENDLESS };
    case ">":
      return { least: next, below: ENDLESS };
    case "<":
      return { least: [0, 0, 0], below: least };
    case "<=":
      return { least: [0, 0, 0], below: next };
    default:
      return { least, below: next };
  }
}

/** The first version that is not meant by what is written: `1.2` means all of 1.2. */
function successor(major: number | undefined, minor: number | undefined, patch: number | undefined): Version {
  if (major === undefined) return ENDLESS;
  if (minor === undefined) return [major + 1, 0, 0];
  return patch === undefined ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

/** In 0.x the minor counts as the major, and in 0.0.x the patch. */
function nextBreaking(major: number, minor: number | undefined, patch: number | undefined): Version {
  if (major > 0 || minor === undefined) return [major + 1, 0, 0];
  return minor > 0 || patch === undefined ? [0, minor + 1, 0] : [0, 0, patch + 1];
}

function compare(one: Version, other: Version): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}
