import { afterEach, describe, expect, it } from "vitest";
import type { Machine } from "../config/machine.js";
import { recordingTerminal } from "../testkit/recording-terminal.js";
import { makeHaDirectory, seedMachine, SEED_HA_CF, type HaDirectory } from "../testkit/seed-files.js";
import { check, type CheckOptions } from "./check.js";

const directories: HaDirectory[] = [];

afterEach(() => {
  for (const made of directories.splice(0)) made.remove();
});

async function checkOf(
  overrides: Record<string, string | undefined> = {},
  options: Partial<CheckOptions> = {},
  machine: Machine = seedMachine(),
) {
  const made = makeHaDirectory(overrides);
  directories.push(made);
  const terminal = recordingTerminal();
  const exitCode = await check({ haDir: made.path, ...options }, terminal, machine);
  return {
    exitCode,
    out: terminal.written.out.replaceAll(made.path, "/etc/ha.d"),
    err: terminal.written.err,
  };
}

const BAD = {
  "ha.cf": SEED_HA_CF.replace("keepalive 2", "keepalve 2").replace("deadtime 30", "\tdeadtime 1s"),
  authkeys: "auth 3\n3 md6 Hello!\n",
  haresources: "clustr1 10.10.180.220/24/eth0:0 nginx postfix\n",
};

describe("systole check", () => {
  it("accepts the seed's files and says what the resources mean", async () => {
    expect(await checkOf()).toEqual({
      exitCode: 0,
      err: "",
      out: `RESOURCE                 RESOLVES TO
10.10.180.220/24/eth0:0  native:ipaddr
nginx                    native:nginx

The configuration in /etc/ha.d is good: 0 errors, 0 warnings.
`,
    });
  });

  it("exits 0 with warnings alone", async () => {
    const { exitCode, out } = await checkOf({ authkeys: "auth 1\n1 crc\n" }, { insecure: true });
    expect(exitCode).toBe(0);
    expect(out).toContain("authkeys:2:3: warning: crc protects against accidents only");
    expect(out).toContain("is good: 0 errors, 1 warning.");
  });

  it("shows every problem with its place, its line and a caret", async () => {
    const { exitCode, out } = await checkOf(BAD);
    expect(exitCode).toBe(6);
    expect(out).toContain(
      '/etc/ha.d/ha.cf:4:1: error: there is no directive "keepalve"; did you mean "keepalive"? [directive.unknown]\n    keepalve 2\n    ^~~~~~~~\n',
    );
    expect(out).toContain("    \tdeadtime 1s\n    \t         ^~\n");
    expect(out).toContain('/etc/ha.d/haresources:1:1: error: node "clustr1" is not in ha.cf');
    expect(out).toContain("postfix                  nothing\n");
    expect(out).toMatch(/is not good: \d errors, 0 warnings\.\n$/);
  });

  it("never shows a line of authkeys", async () => {
    const { out } = await checkOf({ authkeys: "auth 3\n3 md6 Hello!\nHello!\n" });
    expect(out).toContain("authkeys:2:3: error:");
    expect(out).not.toContain("Hello!");
  });

  it("does the same for programs", async () => {
    const { exitCode, out } = await checkOf(BAD, { json: true });
    const report = JSON.parse(out) as { ok: boolean; problems: object[]; resources: object[] };
    expect(exitCode).toBe(6);
    expect(Object.keys(report)).toEqual(["ok", "problems", "resources"]);
    expect(report.ok).toBe(false);
    expect(report.problems[0]).toEqual({
      severity: "error",
      code: "directive.unknown",
      file: "/etc/ha.d/ha.cf",
      line: 4,
      column: 1,
      message: 'there is no directive "keepalve"; did you mean "keepalive"?',
    });
    expect(report.resources).toEqual([
      { text: "10.10.180.220/24/eth0:0", resolvesTo: "native:ipaddr" },
      { text: "nginx", resolvesTo: "native:nginx" },
      { text: "postfix", resolvesTo: null },
    ]);
    expect(JSON.parse((await checkOf({}, { json: true })).out)).toMatchObject({ ok: true, problems: [] });
  });

  it("checks for another node with --node", async () => {
    expect((await checkOf({}, { node: "cluster1" })).exitCode).toBe(0);
    expect((await checkOf({}, { node: "www" })).exitCode).toBe(6);
  });

  it("does not let a file move the cursor", async () => {
    const { out } = await checkOf({ haresources: "master nginx\u001b[2J\n" });
    expect(out).toContain("file.control-character");
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    expect(out).not.toMatch(/\u001b/);
  });
});
