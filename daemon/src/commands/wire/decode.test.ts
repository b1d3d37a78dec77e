// `systole wire decode` over everything that heartbeat was heard to say, and over what nobody should say.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import {
  goldenScenario,
  goldenScenarios,
  makeGoldenDirectory,
  type GoldenDirectory,
} from "../../testkit/golden-files.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";

const made: GoldenDirectory[] = [];

function files(name: string): GoldenDirectory {
  const directory = makeGoldenDirectory(goldenScenario(name));
  made.push(directory);
  return directory;
}

afterEach(() => made.splice(0).forEach((directory) => directory.remove()));

async function decode(...args: string[]) {
  const terminal = recordingTerminal();
  const exitCode = await runCommandLine(["wire", "decode", ...args], terminal);
  const { out, err } = terminal.written;
  const lines = out === "" ? [] : out.trimEnd().split("\n");
  return { exitCode, out, err, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("systole wire decode", () => {
  it.each(goldenScenarios().map((scenario) => ({ scenario, name: scenario.name })))(
    "verifies and encodes again every packet of $name",
    async ({ scenario }) => {
      const directory = makeGoldenDirectory(scenario);
      made.push(directory);
      const keys = join(directory.path, "authkeys");
      const { exitCode, err, lines, out } = await decode(
        "--authkeys",
        keys,
        "--reencode",
        ...directory.payloads,
      );
      expect([exitCode, err]).toEqual([0, ""]);
      const said = lines.map((line) => {
        delete line["expanded"];
        return line;
      });
      const expected = scenario.packets.map(({ form, index, fields }, at) => ({
        file: directory.payloads[at],
        form,
        verified: true,
        key: index,
        same: true,
        fields,
      }));
      expect(said).toEqual(expected);
      // eslint-disable-next-line no-control-regex -- nothing but ASCII may reach a terminal
      expect(out).toMatch(/^[\x20-\x7e\n]*$/);
    },
  );

  it("says of a sealed frame that it is sealed, on the wire and on a serial line, and shows nothing of it", async () => {
    const { path } = files("comp-zlib");
    const sealed = Buffer.concat([Buffer.from("SEA1"), Buffer.alloc(200, 7)]);
    const lines = `>>>\nsealed=${sealed.toString("base64")}\n<<<\n`;
    writeFileSync(join(path, "sealed.bin"), sealed);
    writeFileSync(join(path, "lines.bin"), lines);
    for (const name of ["sealed.bin", "lines.bin"]) {
      const plain = await decode(join(path, name));
      expect(plain.lines).toEqual([
        { file: join(path, name), form: "sealed", verified: null, reason: "sealed", fields: [] },
      ]);
      expect(plain.exitCode).toBe(0);
      expect((await decode("--authkeys", join(path, "authkeys"), join(path, name))).exitCode).toBe(1);
    }
  });

  it("opens what is compressed, beside the fields as they were sent", async () => {
    const { path, payloads } = files("comp-zlib");
    const { lines } = await decode("--authkeys", join(path, "authkeys"), ...payloads);
    const opened = lines.filter(({ expanded }) => expanded !== undefined);
    expect(opened.length).toBeGreaterThan(0);
    for (const { fields, expanded } of opened) {
      expect(JSON.stringify(fields)).toContain('[4,"');
      expect(JSON.stringify(expanded)).not.toContain('[4,"');
      expect(JSON.stringify(expanded)).toContain("[2,");
    }
    expect(lines.some((line) => "expandedReason" in line)).toBe(false);
  });

  it("says false to other keys, null without keys, and a reason for what is no frame", async () => {
    const { path, payloads } = files("md5-bcast");
    const [payload = ""] = payloads;
    const other = join(path, "other");
    writeFileSync(other, "auth 2\n2 md5 differentsecret\n");
    const wrong = await decode("--authkeys", other, "--reencode", payload);
    expect(wrong.lines).toMatchObject([
      { form: "netstring", verified: false, reason: "mismatch", same: false },
    ]);
    expect([wrong.exitCode, wrong.out.includes("differentsecret")]).toEqual([1, false]);
    const none = await decode(payload);
    expect(none).toMatchObject({ exitCode: 0, lines: [{ form: "netstring", verified: null }] });
    const broken = join(path, "broken.bin");
    writeFileSync(broken, "###\n99:(0)t=x,");
    expect(await decode("--authkeys", other, broken)).toMatchObject({
      exitCode: 1,
      lines: [{ file: broken, form: null, verified: false, reason: "truncated", fields: [] }],
    });
  });

  it("refuses a file beyond every frame, and goes on after one that is missing", async () => {
    const { path, payloads } = files("md5-bcast");
    const [payload = ""] = payloads;
    const huge = join(path, "huge.bin");
    writeFileSync(huge, Buffer.alloc(3_000_000, "###\n"));
    const result = await decode(huge, join(path, "missing.bin"), payload);
    expect(result.lines).toMatchObject([{ form: null, reason: "oversized" }, { form: "netstring" }]);
    expect([result.exitCode, result.err.includes("missing.bin cannot be read")]).toEqual([1, true]);
  });

  it("refuses keys that cannot be used, without a word of them", async () => {
    const { path, payloads } = files("md5-bcast");
    const [payload = ""] = payloads;
    const keys = join(path, "bad");
    writeFileSync(keys, "auth 1\n1 md6 hushhush\n");
    const bad = await decode("--authkeys", keys, payload);
    expect([bad.exitCode, bad.out]).toEqual([6, ""]);
    expect(bad.err).toContain("bad:2:");
    expect(bad.err).not.toContain("hushhush");
    expect((await decode("--authkeys", join(path, "nowhere"), payload)).exitCode).toBe(6);
    expect((await decode("--reencode", payload)).exitCode).toBe(64);
    expect((await decode()).exitCode).toBe(64);
  });
});
