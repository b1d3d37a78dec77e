// docs/wire.md shows what the two commands print: here they are run. Sniffing needs root; CI=true insists on it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it, test } from "vitest";
import { runCommandLine } from "../../cli.js";
import { goldenScenario, makeGoldenDirectory } from "../../testkit/golden-files.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { isRoot, WireNamespace } from "../../testkit/wire-namespace.js";

const page = readFileSync(new URL("../../../../docs/wire.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```console\n\$ systole (.*)\n([\s\S]*?)```/g)].map(
  ([, command = "", output = ""]) => ({ args: command.split(" "), output }),
);
const golden = makeGoldenDirectory(goldenScenario("md5-bcast"));
afterAll(() => golden.remove());

/** Names of files stand for those of the captured scenario. */
const located = (args: readonly string[]): string[] =>
  args.map((word) => (/\.bin$|^authkeys$/.test(word) ? join(golden.path, word) : word));
const example = (command: string) => examples.filter(({ args }) => args[1] === command);

it("the page has an example of each command", () => {
  expect([example("decode").length, example("sniff").length, examples.length]).toEqual([1, 1, 2]);
});

it("decode prints what the page shows", async () => {
  for (const { args, output } of example("decode")) {
    const terminal = recordingTerminal();
    expect(await runCommandLine(located(args), terminal)).toBe(0);
    expect(terminal.written.out.replaceAll(`${golden.path}/`, "")).toBe(output);
  }
});

test.runIf(isRoot)("sniff prints what the page shows, but for times and ports", async () => {
  const namespace = new WireNamespace();
  try {
    for (const { output } of example("sniff")) {
      const options = { authkeys: join(golden.path, "authkeys"), port: 694, count: 3 };
      const { exitCode, terminal } = await namespace.sniff(options, () => {
        for (const payload of golden.payloads.slice(0, 3)) namespace.send(payload);
      });
      const level = (text: string) =>
        text.replaceAll(/^\d\d:\d\d:\d\d\.\d{3}/gm, "TIME").replaceAll(/127\.0\.0\.1:\d{4,}/g, "HERE");
      expect(exitCode).toBe(0);
      expect(level(terminal.written.err + terminal.written.out)).toBe(level(output));
    }
  } finally {
    namespace.remove();
  }
});
