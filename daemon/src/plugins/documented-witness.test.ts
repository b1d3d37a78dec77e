// What docs/witness.md and the example say of a witness is accepted: the configuration of nodes, and the command line.
import { readFileSync } from "node:fs";
import { inspectComposition } from "@systole/core";
import { Clock, Logger, Quorum } from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runCommandLine } from "../cli.js";
import { SystoleYaml } from "../config/systole-yaml/schema.js";
import { recordingTerminal } from "../testkit/recording-terminal.js";
import { loadPlugin } from "./load-plugins.js";

const textOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const page = textOf("docs/witness.md");
const EXAMPLES = [
  /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "",
  textOf("examples/serverless-witness/systole.yaml"),
];

describe("a witness, as it is documented", () => {
  it.each(EXAMPLES)("%s is accepted", async (text) => {
    const { plugins = [], quorum = [] } = SystoleYaml.parse(parse(text));
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
      required: [{ port: Quorum, names: quorum }],
      services: {},
      hostServices: [Clock, Logger].map((token) => ({ token, value: undefined })),
    });
    expect(quorum).toEqual(["witness"]);
    expect(problems.map(({ message }) => message)).toEqual([]);
  });

  it("has options that the command line knows", async () => {
    const terminal = recordingTerminal();
    await runCommandLine(["witness", "--help"], terminal);
    const said =
      [...page.matchAll(/^systole witness .*$/gm)].join(" ") + page.slice(page.indexOf("It speaks HTTP"));
    const options = new Set(said.match(/--[a-z][a-z-]+/g));
    expect(options.size).toBeGreaterThan(4);
    expect([...options].filter((option) => !terminal.written.out.includes(option))).toEqual([]);
  });
});
