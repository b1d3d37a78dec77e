// Every example of a function in the documentation is a configuration that is accepted, and the agents and notifiers that it
// uses are provided.
import { readFileSync } from "node:fs";
import { inspectComposition } from "@systole/core";
import { Clock, FenceDevice, Logger, Notifier, ResourceAgent } from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SystoleYaml } from "../config/systole-yaml/schema.js";
import { loadPlugin } from "./load-plugins.js";

const PAGES = ["plugins/agent-function/README.md", "plugins/notifier-function/README.md"];

function examples(page: string): readonly string[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example = ""]) => example);
}

describe("an example of a function", () => {
  const all = PAGES.flatMap((page) => examples(page).map((text, index) => ({ page, index, text })));

  it.each(all)("number $index in $page is accepted", async ({ text }) => {
    const { plugins = [], fence = [], notifiers = [], resources = {} } = SystoleYaml.parse(parse(text));
    const agents = Object.values(resources).flatMap(({ agent }) => agent ?? []);
    const loaded = await Promise.all(
      plugins.map(async ({ use, with: config }) => {
        const result = await loadPlugin({ use, from: { specifier: use, directory: "/" } });
        if ("problem" in result) throw new Error(result.problem);
        return { plugin: result.plugin, with: config };
      }),
    );
    const { problems } = await inspectComposition({
      runtime: "node",
      plugins: loaded,
      required: [
        { port: FenceDevice, names: fence },
        { port: Notifier, names: notifiers },
        { port: ResourceAgent, names: agents },
      ],
      services: {},
      hostServices: [Clock, Logger].map((token) => ({ token, value: undefined })),
    });
    expect([...fence, ...notifiers, ...agents]).not.toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([]);
  });

  it("is on every page", () => {
    expect(PAGES.filter((page) => examples(page).length === 0)).toEqual([]);
  });
});
