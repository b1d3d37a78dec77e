// docs/systole-yaml.md, held against what it tells of: its files are read, its commands run, its table is the program's.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { makeWholeDirectory, seedMachine } from "../../testkit/seed-files.js";
import { loadConfig } from "../load-config.js";
import { durationText } from "./duration.js";
import { parseSystoleYaml } from "./parse.js";
import { PRESETS, timesInOrder } from "./whole/presets.js";

const PAGE = readFileSync(new URL("../../../../docs/systole-yaml.md", import.meta.url), "utf8");

/** The block after the marker `<!-- NAME -->`. */
function block(name: string): string {
  return new RegExp(`<!-- ${name} -->\n\`\`\`yaml\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1] ?? "";
}

it("its whole configuration is one, without anything to say against it", () => {
  const made = makeWholeDirectory(block("alone"));
  const machine = seedMachine({
    hostname: () => "alpha",
    interfaceExists: () => true,
    isExecutableFile: () => true,
    namesIn: () => ["queue.service"],
  });
  const { model, problems } = loadConfig({ haDirectory: made.path, machine });
  made.remove();
  expect(problems).toEqual([]);
  expect(model?.groups.map(({ key, home }) => `${key} ${home}`)).toEqual(["web alpha", "reports bravo"]);
  expect(model?.groups[0]?.resources.map(({ agent }) => agent)).toEqual(["ipaddr", "ocf", "nginx"]);
  expect(model?.timings).toMatchObject({ keepaliveMs: 500, deadMs: 6000, warnMs: 3000 });
});

it("its constraints are understood", () => {
  const { value, problems } = parseSystoleYaml(block("placement"), "systole.yaml");
  expect(problems).toEqual([]);
  expect(value.settings.constraints).toHaveLength(3);
});

it("its table of presets is the program's", () => {
  for (const [name, preset] of Object.entries(PRESETS)) {
    const times = timesInOrder(preset).map(durationText);
    expect(PAGE).toContain(`| \`${name}\` | ${times.join(" | ")} | ${preset.reason} |\n`);
  }
});

it("its commands do what they say", async () => {
  const root = mkdtempSync(join(tmpdir(), "systole-page-"));
  const commands = [...PAGE.matchAll(/^systole (init|convert) (.*)$/gm)].map(([, name = "", rest = ""]) => {
    const words = rest.replaceAll("/etc/ha.d", `${root}/ha.d`).replaceAll("eth0", "lo").split(" ");
    return [name, ...words, ...(name === "init" ? ["--ha-dir", `${root}/ha.d.new`] : [])];
  });
  expect(commands.map(([name]) => name)).toEqual(["init", "convert", "convert"]);
  const [first = [], , back = []] = commands;
  for (const command of [
    first,
    back,
    commands[1]?.map((word) => word.replace(/ha\.d$/, "ha.d.old").replace(/ha\.d\.new$/, "ha.d.again")) ?? [],
  ]) {
    // prettier-ignore
    const terminal = recordingTerminal();
    expect(await runCommandLine(command, terminal), `${command.join(" ")}: ${terminal.written.err}`).toBe(0);
  }
  rmSync(root, { recursive: true });
});
