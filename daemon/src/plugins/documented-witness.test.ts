// What docs/witness.md and the example say of a witness is accepted: the configuration of nodes, and the command line.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runCommandLine } from "../cli.js";
import { composedQuorums } from "../testkit/documented-plugins.js";
import { recordingTerminal } from "../testkit/recording-terminal.js";

const textOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const page = textOf("docs/witness.md");
const EXAMPLES = [
  /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "",
  textOf("examples/serverless-witness/systole.yaml"),
];

describe("a witness, as it is documented", () => {
  it.each(EXAMPLES)("%s is accepted", async (text) => {
    expect(await composedQuorums(text)).toEqual({ quorum: ["witness"], problems: [] });
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
