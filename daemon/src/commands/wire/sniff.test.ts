// `systole wire sniff` on a real interface. Needs root and tcpdump for most; skipped on a laptop, a failure with CI=true.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { goldenScenario, makeGoldenDirectory, type GoldenDirectory } from "../../testkit/golden-files.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { isRoot, WireNamespace } from "../../testkit/wire-namespace.js";
import { sniff, type SniffOptions, type SniffParts } from "./sniff.js";

const options: SniffOptions = { port: 694 };

/** A script in the place of tcpdump. */
function pretending(script: string): SniffParts {
  return { prefix: ["sh", "-c", script], onStop: () => () => undefined };
}

describe("systole wire sniff", () => {
  it("refuses what is no interface's name, before anything is started", async () => {
    for (const name of ["-w", "", "a b", "x".repeat(16)]) {
      await expect(sniff(name, options, recordingTerminal())).rejects.toMatchObject({
        code: "INTERFACE_NOT_FOUND",
      });
    }
  });

  it("says what is missing: the privilege, the interface, the program", async () => {
    const terminal = recordingTerminal();
    const forbidden = 'echo "tcpdump: lo: You don\'t have permission to capture on that device" >&2; exit 1';
    expect(await sniff("lo", options, terminal, pretending(forbidden))).toBe(4);
    expect(terminal.written.err).toContain("needs root");
    const gone = pretending('echo "tcpdump: eth9: No such device exists" >&2; exit 1');
    await expect(sniff("eth9", options, terminal, gone)).rejects.toMatchObject({
      code: "INTERFACE_NOT_FOUND",
    });
    const absent = { ...pretending(""), prefix: ["/no/such/program"] };
    expect(await sniff("lo", options, terminal, absent)).toBe(1);
    expect(terminal.written.err).toContain("install the package tcpdump");
  });

  it("gives up on what is no capture", async () => {
    const noise = pretending("echo 'hello, I am not a capture at all'; exec sleep 60");
    await expect(sniff("lo", options, recordingTerminal(), noise)).rejects.toThrow("no capture");
  });
});

test("root is there when CI needs it", () => {
  expect(isRoot || process.env["CI"] !== "true").toBe(true);
});

describe.runIf(isRoot)("systole wire sniff in a namespace", () => {
  let namespace: WireNamespace;
  let golden: GoldenDirectory;
  let keys: string;

  beforeAll(() => {
    namespace = new WireNamespace();
    golden = makeGoldenDirectory(goldenScenario("md5-bcast"));
    keys = join(golden.path, "authkeys");
  });

  afterAll(() => {
    namespace.remove();
    golden.remove();
  });

  it("prints each message on a line, and says which is genuine", async () => {
    const forged = join(golden.path, "forged.bin");
    const [first = ""] = golden.payloads;
    const bytes = Buffer.from(goldenScenario("md5-bcast").packets[0]?.payload ?? []);
    bytes.write("dead", bytes.indexOf("st=init") + 3);
    writeFileSync(forged, bytes);
    const { exitCode, terminal } = await namespace.sniff({ ...options, authkeys: keys, count: 2 }, () => {
      namespace.send(first);
      namespace.send(first, 695);
      namespace.send(forged);
    });
    const [genuine = "", wrong = ""] = terminal.written.out.split("\n");
    expect(genuine).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} 127\.0\.0\.1:\d+ > 127\.0\.0\.1:694 ok status seq=1 src=alpha st=init/,
    );
    expect(wrong).toMatch(/ BAD\(mismatch\) status seq=1 src=alpha st=dead/);
    expect(exitCode).toBe(0);
  });

  it("puts a message of 60 kB together, and prints JSON", async () => {
    const large = goldenScenario("misc-late-alone-md5-ucast").packets.find(
      ({ payload }) => payload.length > 59_000,
    );
    const file = join(golden.path, "large.bin");
    const text = `(0)a=${"x".repeat(60_000)}`;
    writeFileSync(file, large?.payload ?? `###\n${text.length}:${text},%%%\n3:1 0,`);
    const { terminal } = await namespace.sniff({ ...options, json: true, count: 1 }, () =>
      namespace.send(file),
    );
    const seen = JSON.parse(terminal.written.out) as { bytes: number; form: string; verified: unknown };
    expect(seen).toMatchObject({ form: "netstring", verified: null });
    expect(seen.bytes).toBeGreaterThan(59_000);
  });

  it("ends when it is told to", async () => {
    const { exitCode, terminal } = await namespace.sniff(options, (stop) => stop());
    expect([exitCode, terminal.written.out]).toEqual([0, ""]);
    expect(terminal.written.err).toBe("Listening on lo, UDP port 694. Ctrl-C ends.\n");
  });
});
