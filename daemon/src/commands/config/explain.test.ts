import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runCommandLine } from "../../cli.js";
import { everyKey, findKey } from "../../config/systole-yaml/schema-keys.js";
import { SystoleYaml } from "../../config/systole-yaml/schema.js";
import { PRESETS } from "../../config/systole-yaml/whole/presets.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";

async function explain(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const code = await runCommandLine(["config", "explain", ...args], terminal);
  return { code, out: terminal.written.out, err: terminal.written.err };
}

describe("systole config explain", () => {
  it.each(everyKey())("tells of %s what it is, within 80 columns", async (key) => {
    const { code, out } = await explain(key);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}type {5}\S/m);
    expect(out.split("\n").filter((line) => line.length > 80 && !line.includes("example"))).toEqual([]);
  });

  it.each(everyKey().filter((key) => !key.includes(".")))(
    "has an example of %s that the file takes",
    (key) => {
      const found = findKey(key);
      const example = found.ok ? found.key.example : undefined;
      const value: unknown = example === undefined ? {} : parse(example);
      expect(SystoleYaml.safeParse(value).error?.issues).toBeUndefined();
      expect(example !== undefined || (found.ok && found.key.below.length > 0)).toBe(true);
    },
  );

  it("knows names of one's own and what is in lists", async () => {
    expect((await explain("groups.web.prefer")).out).toContain("groups.GROUP.prefer\n");
    expect((await explain("media.unicast.port")).out).toContain("default  694");
    expect((await explain("")).out).toContain("authentication");
  });

  it("names the nearest word of a key that there is not", async () => {
    const { code, err } = await explain("timings.deadtme");
    expect(code).toBe(1);
    expect(err).toBe('systole: there is no key "deadtme" in timings; did you mean "timings.deadtime"?\n');
  });

  it("shows every preset with its times and why", async () => {
    const { out } = await explain("preset");
    for (const name of Object.keys(PRESETS)) expect(out).toMatch(new RegExp(`^ {2}${name} .* \\d+m?s`, "m"));
  });

  it("tells programs the same", async () => {
    expect(JSON.parse((await explain("preset", "--json")).out)).toMatchObject({
      path: "preset",
      default: "lan",
      example: "preset: lan",
    });
  });
});
