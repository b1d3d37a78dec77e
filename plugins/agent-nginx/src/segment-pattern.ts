// Whether a file's name fits one level of a pattern in the manner of glob(3). Not by a regular expression: a pattern with many stars
// would take years, and a range the wrong way round would be no expression at all.

/** One character's place in a pattern; `*` is any number of them. */
type Place = "*" | ((character: string) => boolean);

/** A leading dot has to be written out, as in a shell. Takes at most as many steps as both have characters, multiplied. */
export function matchesSegment(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const places = placesOf(pattern);
  const characters = [...name];
  let place = 0;
  let at = 0;
  /** Behind the last star, and what it has swallowed so far. */
  let retry: { readonly place: number; at: number } | undefined;
  while (at < characters.length) {
    const wanted = places[place];
    if (wanted === "*") {
      place += 1;
      retry = { place, at };
    } else if (wanted?.(characters[at] ?? "") === true) {
      place += 1;
      at += 1;
    } else if (retry === undefined) {
      return false;
    } else {
      retry.at += 1;
      ({ place, at } = retry);
    }
  }
  return places.slice(place).every((rest) => rest === "*");
}

function placesOf(pattern: string): readonly Place[] {
  return partsOf(pattern).map((part): Place => {
    if (part === "*") return "*";
    if (part === "?") return () => true;
    return part.startsWith("[") && part.endsWith("]") && part.length > 2
      ? oneOf(part)
      : (one) => one === part;
  });
}

/** Characters, and `[…]` as one part where it is closed and holds something. */
function partsOf(pattern: string): readonly string[] {
  const parts: string[] = [];
  const lastClose = pattern.lastIndexOf("]");
  for (let at = 0; at < pattern.length;) {
    const isSet = pattern[at] === "[" && at + 2 <= lastClose && pattern[at + 1] !== "]";
    const part = isSet
      ? pattern.slice(at, pattern.indexOf("]", at + 2) + 1)
      : String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    parts.push(part);
    at += part.length;
  }
  return parts;
}

/** `[a-z0]`, `[!a-z]`. */
function oneOf(part: string): (character: string) => boolean {
  const isOther = part.startsWith("[!") && part.length > 3;
  const ranges = part.slice(isOther ? 2 : 1, -1).match(/[^]-[^]|[^]/gu) ?? [];
  return (character) => {
    const isInside = ranges.some((range) => {
      const [first = "", , last = first] = [...range];
      return first <= character && character <= last;
    });
    return isInside !== isOther;
  };
}
