// The list of what no life reaches speaks of branches that are there: what is mended or removed leaves the list too.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../from-source.js";
import { knownUnreached, reasonFor } from "./known.js";

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

it("names branches that exist, each with a reason", () => {
  for (const { why, branches } of knownUnreached()) {
    expect(why.length).toBeGreaterThan(20);
    for (const [file, names] of Object.entries(branches)) {
      const path = join(ROOT, file);
      expect(existsSync(path) ? "" : `there is no ${file}`).toBe("");
      const source = oneLine(readFileSync(path, "utf8"));
      for (const name of names) {
        const [, text = ""] = /^[a-z ]+: (.+)$/.exec(name) ?? [];
        expect(text, `${file}: ${name}`).not.toBe("");
        expect(source, `${file} has no longer “${text}”`).toContain(text);
      }
    }
  }
});

it("knows a branch by what stands there", () => {
  const branch = {
    file: "core/src/a.ts",
    line: 1,
    kind: "then",
    text: "if (a)",
    reached: false,
    inner: false,
  } as const;
  const known = [{ why: "one", branches: { "core/src/a.ts": ["then: if (a)"] } }];
  expect(reasonFor(branch, known)).toBe("one");
  expect(reasonFor({ ...branch, line: 20 }, known)).toBe("one");
  expect(reasonFor({ ...branch, kind: "else" }, known)).toBeUndefined();
  expect(reasonFor({ ...branch, file: "core/src/c.ts" }, known)).toBeUndefined();
});
