// Finds the files that an `include` directive means, as nginx does: a name, or a pattern in the manner of glob(3).
import { readdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { matchesSegment } from "./segment-pattern.js";

/** Absolute paths in order of their names. `pattern` is relative to `directory`. Unreadable directories match nothing. */
export async function includedFiles(pattern: string, directory: string): Promise<readonly string[]> {
  const absolute = isAbsolute(pattern) ? pattern : join(directory, pattern);
  let paths = ["/"];
  for (const segment of absolute.split("/").filter((part) => part !== "")) {
    if (!/[*?[]/.test(segment)) {
      paths = paths.map((path) => join(path, segment));
      continue;
    }
    const found = await Promise.all(
      paths.map(async (path) => {
        const names = await readdir(path).catch((): string[] => []);
        return names.filter((name) => matchesSegment(segment, name)).map((name) => join(path, name));
      }),
    );
    paths = found.flat().toSorted();
  }
  return paths;
}
