import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ERROR_CODES } from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { files, ROOT, textOf } from "./repository.js";

const documents = files.filter(({ path }) => path.endsWith(".md"));

/** Sections of a page: its `##` headings with the text below each. */
function sections(text: string): readonly { readonly heading: string; readonly body: string }[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...body] = section.split("\n");
      return { heading: heading.trim(), body: body.join(" ").trim() };
    });
}

/** Targets of links and pictures that are files, not addresses. */
function relativeLinks(text: string): readonly string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
    .flatMap(([, target]) => (target === undefined ? [] : [target]))
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .map((target) => decodeURIComponent(target.replace(/#.*$/, "")));
}

describe("documents", () => {
  it("explain every error code, in the order of the list, and no other", () => {
    const explained = sections(textOf("docs/errors.md"));
    expect(explained.map(({ heading }) => heading)).toEqual([...ERROR_CODES]);
    const thin = explained.filter(({ body }) => !/^[A-Z`].{60,}[.)]$/.test(body));
    expect(thin.map(({ heading }) => heading)).toEqual([]);
  });

  it("list error codes in alphabetical order", () => {
    expect([...ERROR_CODES]).toEqual(ERROR_CODES.toSorted());
  });

  it.each(documents.map(({ path, text }) => ({ path, text })))(
    "$path links to what exists",
    ({ path, text }) => {
      const dead = relativeLinks(text).filter((target) => !existsSync(join(ROOT, dirname(path), target)));
      expect(dead).toEqual([]);
    },
  );

  it.each(documents.map(({ path, text }) => ({ path, text })))("$path has one title", ({ text }) => {
    const prose = text.replaceAll(/```[\s\S]*?```/g, "");
    expect(prose.match(/^# .+$/gm)).toHaveLength(1);
  });

  it("give each decision context, choice and cost on one page", () => {
    const decisions = documents.filter(({ path }) => /^docs\/decisions\/\d{4}-/.test(path));
    expect(decisions.length).toBeGreaterThan(0);
    const parts = ["Context", "Choice", "Cost"].join();
    const odd = decisions.filter(
      ({ text }) =>
        sections(text)
          .map(({ heading }) => heading)
          .join() !== parts || text.split("\n").length > 70,
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });
});
