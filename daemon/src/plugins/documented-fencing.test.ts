// Every example of a fence device in the documentation is a configuration that is accepted, by the real programs it names.
import { existsSync, readFileSync } from "node:fs";
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
import { compositionProblems } from "../testkit/documented-plugins.js";

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
    const services = [Clock, ClusterAccess, Confirmations, Logger, Network, Processes, SelfReset];
    const problems = await compositionProblems(plugins, [{ port: FenceDevice, names: fence }], services);
    expect(fence.length).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  it("is on every page", () => {
    expect(PAGES.filter((page) => examples(page).length === 0)).toEqual([]);
  });
});
