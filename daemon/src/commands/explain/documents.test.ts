// What docs/explain.md and docs/operating.md show and name is what there is.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { entryOf } from "../../journal/entry.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { SCRIPTS, SHELLS } from "../completion/scripts.js";

const textOf = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const explained = textOf("docs/explain.md");
const operating = textOf("docs/operating.md");

it("shows golden texts to the letter", () => {
  const shown = [...explained.matchAll(/<!-- golden: (\S+) -->\n```text\n([^]*?)```/g)];
  expect(shown.map(([, path]) => path)).toEqual(["explain/fenced.txt", "monitor/busy-80.txt"]);
  for (const [, path = "", text] of shown) expect(text).toBe(textOf(`daemon/golden/${path}`));
});

it("shows an entry that the journal would read", () => {
  const [, line = ""] = /```json\n(.*)\n```/.exec(explained) ?? [];
  expect(entryOf(line)?.fields["silentMs"]).toBe(1000);
});

it("has every exit code in its table", () => {
  const rows = [...operating.matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [
    name,
    Number(code),
  ]);
  expect(Object.fromEntries(rows)).toEqual(EXIT_CODES);
});

/** No journal of this machine is read. */
const elsewhere = ([command]: readonly string[]): readonly string[] =>
  command === "explain" || command === "events" ? ["--state-dir", "/nowhere"] : [];

it("has command lines that are understood", async () => {
  const lines = [explained, operating]
    .flatMap((page) =>
      [...page.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, text = ""]) => text.trim().split("\n")),
    )
    .map((line) => line.replace(/\s+#.*$/, ""));
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    const command = line.replace(/^source <\((.*)\)$/, "$1").replace(/ \| source$/, "");
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
    // With its help no command does anything; an argument or an option that is not understood is said all the same.
    const terminal = recordingTerminal();
    const isFollowing = words.includes("--follow");
    const args = words.slice(1);
    const exitCode = await runCommandLine(
      isFollowing ? [...args, "--help"] : [...args, ...elsewhere(args)],
      terminal,
    );
    expect([line, exitCode === EXIT_CODES.usage]).toEqual([line, false]);
  }
});

it("names commands that there are, with the options that it says they have", async () => {
  const named = [...operating.matchAll(/`systole ([a-z ]+)/g)].map(([, words = ""]) =>
    words.trim().split(" "),
  );
  expect(named.length).toBeGreaterThan(7);
  for (const words of named) {
    const terminal = recordingTerminal();
    expect(await runCommandLine([...words, "--help"], terminal)).toBe(0);
    expect(terminal.written.out).toContain(`Usage: systole ${words.join(" ")}`);
    for (const option of ["--timeout", "--json"]) expect(terminal.written.out).toContain(option);
  }
});

it("says of each shell where its script goes", () => {
  for (const shell of SHELLS) expect(SCRIPTS[shell]).toContain(`systole completion ${shell}`);
});
