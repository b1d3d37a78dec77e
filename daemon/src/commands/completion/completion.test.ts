// Does Tab complete? Asked of real shells where they are installed, and of a daemon that has names, is slow, or is not there.
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { controlSocketPath, prepareRunDirectory } from "../../control/run-directory.js";
import { ControlRoom } from "../../testkit/control-room.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";

const run = promisify(execFile);

async function fitting(line: string, shell = "zsh"): Promise<readonly string[]> {
  const terminal = recordingTerminal();
  expect(await runCommandLine(["completion", shell, "--line", line], terminal)).toBe(0);
  expect(terminal.written.err).toBe("");
  return terminal.written.out.split("\n").filter((word) => word !== "");
}

describe("words", () => {
  it("are commands, commands below commands, and choices", async () => {
    expect(await fitting("systole mo")).toEqual(["move", "monitor"]);
    expect(await fitting("systole node st")).toEqual(["standby"]);
    expect(await fitting("systole standby ")).toEqual(["all", "local", "foreign"]);
    expect(await fitting("systole completion z")).toEqual(["zsh"]);
    expect(await fitting("systole standby all ")).toEqual([]);
    expect(await fitting("systole ")).toContain("explain");
    expect(await fitting("systole nothing ")).toEqual([]);
    expect(await fitting("")).toContain("explain");
  });

  it("are options, and not what stands behind one", async () => {
    expect(await fitting("systole explain --s")).toEqual(["--since", "--state-dir"]);
    expect(await fitting("systole move --timeout ")).toEqual([]);
    expect(await fitting("systole run --ha-dir ")).toEqual([]);
    expect(await fitting("systole node --he")).toEqual(["--help"]);
  });
});

describe("names", () => {
  let room: ControlRoom;
  beforeEach(async () => {
    room = new ControlRoom();
    await room.open();
  });
  afterEach(() => room.close());
  const line = (command: string, words: string) =>
    `systole ${command} --run-dir ${room.runDirectory} ${words}`;

  it("are asked of the daemon: groups, resources, nodes", async () => {
    expect(await fitting(line("move", ""))).toEqual(["10.10.180.220/24/eth0:0", "nginx"]);
    expect(await fitting(line("move", "nginx "))).toEqual(["master", "cluster1"]);
    expect(await fitting(line("fence test", ""))).toEqual(["master", "cluster1"]);
    expect(await fitting(line("cleanup", "ng"))).toEqual(["nginx"]);
  });

  it("with a colon are whole words for every shell but bash", async () => {
    expect(await fitting(line("move", "10.10.180.220/24/eth0:"))).toEqual(["10.10.180.220/24/eth0:0"]);
    expect(await fitting(line("move", "10.10.180.220/24/eth0:"), "bash")).toEqual(["0"]);
  });

  it("are none when no daemon answers, and none is waited for", async () => {
    await room.closeServers();
    expect(await fitting(line("move", ""))).toEqual([]);
    prepareRunDirectory(room.runDirectory);
    const silent = createServer(() => undefined).listen(controlSocketPath(room.runDirectory));
    const beganMs = performance.now();
    expect(await fitting(line("move", ""))).toEqual([]);
    expect(performance.now() - beganMs).toBeLessThan(1500);
    silent.close();
  });
});

describe("a shell", () => {
  let bin: string;
  let environment: NodeJS.ProcessEnv;
  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), "systole-completion-"));
    const launcher = fileURLToPath(new URL("../../../../bin/systole", import.meta.url));
    writeFileSync(join(bin, "systole"), `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`);
    chmodSync(join(bin, "systole"), 0o755);
    environment = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: bin };
  });
  afterAll(() => rmSync(bin, { recursive: true }));

  async function isInstalled(shell: string): Promise<boolean> {
    return await run(shell, ["-c", "exit 0"]).then(
      () => true,
      () => false,
    );
  }
  async function ask(shell: string, args: readonly string[], script: string): Promise<string> {
    return (await run(shell, [...args, "-c", script], { env: environment, timeout: 15_000 })).stdout;
  }

  it("bash completes", async () => {
    const script = `source <(systole completion bash)
      complete -p systole
      COMP_LINE="systole node st rest"; COMP_POINT=15; _systole; printf '%s\\n' "$\{COMPREPLY[@]}"`;
    const out = await ask("bash", ["--norc"], script);
    expect(out.split("\n")).toEqual(["complete -o default -F _systole systole", "standby", ""]);
  });

  it("zsh completes", async (context) => {
    if (!(await isInstalled("zsh"))) return context.skip("zsh is not installed");
    const script = `zmodload zsh/zpty; zpty shell zsh -f -i
      zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source <(systole completion zsh); print rea\\dy'
      zpty -r shell seen '*ready*'; zpty -w -n shell $'systole node stan\\t'
      zpty -r shell seen '*standby*' && print -r -- done; zpty -d shell`;
    expect(await ask("zsh", ["-f"], script)).toContain("done");
  });

  it("fish completes", async (context) => {
    if (!(await isInstalled("fish"))) return context.skip("fish is not installed");
    const script = "systole completion fish | source; complete -C 'systole node st'";
    expect((await ask("fish", ["--no-config"], script)).split("\n")).toEqual(["standby", ""]);
  });
});
