// Reads haresources: one group a line, `node resource resource …`. Pure; names are resolved elsewhere.
import { Problems, type Parsed } from "./problem.js";
import { isReadable, splitLines, splitWords, withoutComment, type Word } from "./source-text.js";

export interface HaResourcesLine {
  /** The group's name; absent: that of its first resource. */
  readonly key?: string;
  /** Lower-case. */
  readonly node: Word;
  /** As written; at least one. */
  readonly resources: readonly Word[];
}

const MAX_GROUPS = 256;
const MAX_RESOURCES = 64;
const BLANKS = /[ \t]+/;

interface ContinuedLine {
  readonly words: readonly Word[];
}

/** Joins lines that end with a backslash; words keep the places they were written at. */
function joinLines(text: string, problems: Problems): ContinuedLine[] {
  const joined: ContinuedLine[] = [];
  let words: Word[] = [];
  for (const [index, raw] of splitLines(text).entries()) {
    const line = withoutComment(raw);
    const number = index + 1;
    if (!isReadable(line, number, problems)) continue;
    const continued = raw === line ? /\\([ \t]*)$/.exec(line) : null;
    const part = splitWords(line.slice(0, continued?.index), number, BLANKS);
    if (continued !== null && continued[1] !== "") {
      const message =
        "blanks follow the backslash that continues this line; delete them, heartbeat stumbles over them";
      problems.warning({ line: number, column: continued.index + 1 }, "haresources.stray-backslash", message);
    }
    const stray = part.find((word) => word.text.endsWith("\\"));
    if (stray !== undefined) {
      const message = "a backslash continues a line only as its very last character; delete what follows it";
      problems.error(stray, "haresources.stray-backslash", message);
      part.splice(part.indexOf(stray), 1);
    }
    words.push(...part);
    if (continued === null) {
      joined.push({ words });
      words = [];
    }
  }
  joined.push({ words });
  return joined.filter((line) => line.words.length > 0);
}

/** Reports a resource that is written twice: status, timers and logs know it by this text. */
function checkRepetitions(lines: readonly HaResourcesLine[], problems: Problems): void {
  const seen = new Map<string, Word>();
  for (const line of lines) {
    for (const [position, resource] of line.resources.entries()) {
      const earlier = seen.get(resource.text);
      if (earlier === undefined) {
        seen.set(resource.text, resource);
      } else if (position === 0) {
        const message = `"${resource.text}" stands in line ${earlier.line} already and is the name of this group; join the two lines, or begin this one with another resource`;
        problems.error(resource, "haresources.key-repeated", message);
      } else {
        const message = `"${resource.text}" stands in line ${earlier.line} already, and a resource belongs to one group; delete one of the two`;
        problems.error(resource, "haresources.resource-repeated", message);
      }
    }
  }
}

/** Never throws. Lines whose node is unknown are in the value too. */
export function parseHaResources(text: string, file: string): Parsed<readonly HaResourcesLine[]> {
  const problems = new Problems(file);
  const lines: HaResourcesLine[] = [];
  for (const { words } of joinLines(text, problems)) {
    const [node, ...resources] = words;
    const surplus = resources[MAX_RESOURCES];
    if (node === undefined) continue;
    if (resources.length === 0) {
      const message = "the line names no resource; write `NODE ADDRESS SERVICE …`";
      problems.error(node, "haresources.no-resource", message);
    } else if (surplus !== undefined) {
      problems.error(
        surplus,
        "haresources.too-many",
        `more than ${MAX_RESOURCES} resources in a group; split it`,
      );
    } else if (lines.length >= MAX_GROUPS) {
      problems.error(node, "haresources.too-many", `more than ${MAX_GROUPS} groups; join some`);
      break;
    } else {
      lines.push({ node: { ...node, text: node.text.toLowerCase() }, resources });
    }
  }
  checkRepetitions(lines, problems);
  if (lines.length === 0 && problems.found.length === 0) {
    const message =
      "no resource is named, so there is nothing to keep running; write e.g. `NODE 192.0.2.10/24/eth0 nginx`";
    problems.warning({ line: 0, column: 0 }, "haresources.empty", message);
  }
  return { value: lines, problems: problems.found };
}
