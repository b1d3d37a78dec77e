// A page of the documentation as things to do: commands with a word that each must print, and files to write.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type PageStep =
  | { readonly kind: "command"; readonly where: string; readonly command: string; readonly prints: string }
  | { readonly kind: "file"; readonly path: string; readonly text: string };

const BLOCK = /<!-- (in|on|file) (.+) -->\n\n```\w+\n([\s\S]*?)```/g;

/** In the order of the page; blocks without a marker are not steps. */
export function stepsOfPage(name: string): readonly PageStep[] {
  const page = readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), "utf8");
  return [...page.matchAll(BLOCK)].flatMap(([, marker, where = "", text = ""]): readonly PageStep[] => {
    if (marker === "file") return [{ kind: "file", path: where, text }];
    return text
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [command = "", prints = ""] = line.split(/\s+# /);
        return { kind: "command", where, command, prints };
      });
  });
}
