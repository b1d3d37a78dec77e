import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "./cli.js";
import { recordingTerminal } from "./testkit/recording-terminal.js";
import { daemonVersion } from "./version.js";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-cli-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

async function line(...args: string[]) {
  const terminal = recordingTerminal();
  const exitCode = await runCommandLine(args, terminal);
  return { exitCode, ...terminal.written };
}

describe("the command line", () => {
  it("prints its version", async () => {
    expect(await line("--version")).toEqual({ exitCode: 0, out: `${daemonVersion()}\n`, err: "" });
  });

  it("helps", async () => {
    const { exitCode, out } = await line("--help");
    expect(exitCode).toBe(0);
    for (const word of [
      "run",
      "check",
      "status",
      "standby",
      "takeover",
      "cleanup",
      "stop",
      "Examples:",
      "Exit codes:",
    ]) {
      expect(out).toContain(word);
    }
    expect((await line("node", "--help")).out).toContain("systole node delete third");
    expect((await line("standby", "--help")).out).toContain("at home here (local)");
  });

  it("shows its help on stderr when nothing is asked", async () => {
    const { exitCode, out, err } = await line();
    expect([exitCode, out]).toEqual([64, ""]);
    expect(err).toContain("Usage: systole");
  });

  it.each([
    [["stats"], "Did you mean status?"],
    [["standby", "everything"], "all, local, foreign"],
    [["standby", "all", "local"], "too many arguments"],
    [["status", "--jsno"], "unknown option"],
    [["stop", "--timeout", "0"], "Write seconds"],
    [["stop", "--timeout", "1h"], "Write seconds"],
    [["run", "--ha-dir"], "argument missing"],
    [["node", "add"], "missing required argument"],
    [["node", "weight", "third", "heavy"], "Write a whole number"],
    [["node", "rename", "third"], "unknown command"],
    [["wire", "decode"], "missing required argument"],
    [["wire", "sniff", "eth0", "--port", "70000"], "Write a whole number"],
  ])("refuses %j", async (args, words) => {
    const { exitCode, err } = await line(...args);
    expect(exitCode).toBe(64);
    expect(err).toContain(words);
  });

  it.each(["status", "standby", "takeover", "cleanup", "stop"])(
    "says that no daemon answers: %s",
    async (command) => {
      const { exitCode, out, err } = await line(command, "--run-dir", directory);
      expect([exitCode, out]).toEqual([102, ""]);
      expect(err).toContain(
        `nobody answers at ${join(directory, "control.sock")}; start it with \`systole run\``,
      );
    },
  );

  it("checks a directory that is empty", async () => {
    const { exitCode, out } = await line("check", "--ha-dir", directory, "--json");
    expect(exitCode).toBe(6);
    expect(JSON.parse(out)).toMatchObject({ ok: false, problems: [{}, {}, {}] });
  });
});
