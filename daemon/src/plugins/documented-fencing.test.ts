// Every example of a fence device in the documentation is a configuration that is accepted, by the real programs it names.
import { existsSync, readFileSync } from "node:fs";
import { inspectComposition } from "@systole/core";
import {
  Clock,
  ClusterAccess,
  Confirmations,
  FenceDevice,
  Logger,
  Network,
  Processes,
  SelfReset,
} from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SystoleYaml } from "../config/systole-yaml/schema.js";
import { loadPlugin } from "./load-plugins.js";

const PAGES = [
  "docs/fencing-devices.md",
  ...["agents", "function", "meatware", "stonith", "suicide"].map(
    (name) => `plugins/fence-${name}/README.md`,
  ),
];
const hasPackages =
  process.env["CI"] === "true" || ["stonith", "fence_dummy"].every((name) => existsSync(`/usr/sbin/${name}`));

function examples(page: string): readonly string[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example = ""]) => example);
}

describe.runIf(hasPackages)("an example of a fence device", () => {
  const all = PAGES.flatMap((page) => examples(page).map((text, index) => ({ page, index, text })));

  it.each(all)("number $index in $page is accepted", async ({ text }) => {
    const { plugins = [], fence = [] } = SystoleYaml.parse(parse(text));
    const loaded = await Promise.all(
      plugins.map(async ({ use, with: config }) => {
        const result = await loadPlugin({ use, from: { specifier: use, directory: "/" } });
        if ("problem" in result) throw new Error(result.problem);
        return { plugin: result.plugin, with: config };
      }),
    );
    const services = [Clock, ClusterAccess, Confirmations, Logger, Network, Processes, SelfReset];
    const { problems } = await inspectComposition({
      runtime: "node",
      plugins: loaded,
      required: [{ port: FenceDevice, names: fence }],
      services: {},
      hostServices: services.map((token) => ({ token, value: undefined })),
    });
    expect(fence.length).toBeGreaterThan(0);
    expect(problems.map(({ message }) => message)).toEqual([]);
  });

  it("is on every page", () => {
    expect(PAGES.filter((page) => examples(page).length === 0)).toEqual([]);
  });
});
