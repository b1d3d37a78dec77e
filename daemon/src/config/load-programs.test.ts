import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, seedMachine, SEED_HA_CF, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig, type LoadedConfig } from "./load-config.js";
import type { Machine } from "./machine.js";

const directories: HaDirectory[] = [];

afterEach(() => {
  for (const made of directories.splice(0)) made.remove();
});

function load(files: Readonly<Record<string, string>>, machine: Partial<Machine> = {}): LoadedConfig {
  const made = makeHaDirectory(files);
  directories.push(made);
  return loadConfig({ haDirectory: made.path, machine: seedMachine(machine) });
}

function codes(files: Readonly<Record<string, string>>, machine: Partial<Machine> = {}): string[] {
  return load(files, machine).problems.map(({ severity, code, line }) => `${line} ${severity} ${code}`);
}

describe("programs beside the daemon", () => {
  const withLine = (line: string) => ({ "ha.cf": `${SEED_HA_CF}${line}\n` });
  const machine = {
    isExecutableFile: (path: string) => path === "/opt/checker",
    accountExists: (_kind: string, name: string) => name === "checkers",
  };

  it("keep the order of the file, and the command as written", () => {
    const text = "respawn checkers /opt/checker -m  100,5\nfailfast\tcheckers /opt/checker 'a b'";
    const { model, problems } = load(withLine(text), machine);
    expect(problems).toEqual([]);
    expect(model?.clients).toEqual([
      { kind: "respawn", user: "checkers", program: "/opt/checker", command: "/opt/checker -m  100,5" },
      { kind: "failfast", user: "checkers", program: "/opt/checker", command: "/opt/checker 'a b'" },
    ]);
    expect(model?.clientEnvironment).toMatchObject({ HA_CURHOST: "master", HA_keepalive: "2" });
  });

  it.each([
    ["respawn nobodys /opt/checker", "15 error respawn.user-unknown"],
    ["failfast checkers /opt/missing", "15 error respawn.not-executable"],
    ["apiauth checker uid=ghost", "15 warning apiauth.nobody"],
  ])("%s", (line, problem) => {
    expect(codes(withLine(line), machine)).toEqual([problem]);
  });

  it("takes access rules, and keeps heartbeat's own where none replaces them", () => {
    const { model } = load(withLine("apiauth ipfail uid=checkers gid=a,b"), machine);
    expect(model?.clientAccess?.[0]).toEqual({ name: "ipfail", users: ["checkers"], groups: ["a", "b"] });
    expect(model?.clientAccess?.map(({ name }) => name)).toEqual([
      "ipfail",
      "ccm",
      "ping",
      "lha-snmpagent",
      "anon",
    ]);
  });
});

describe("the rest of the directives", () => {
  it("reach the model", () => {
    const text = `${SEED_HA_CF}watchdog /dev/watchdog\nuuidfrom nodename\nlog_badpack off\nhopfudge 3\nmax_rexmit_delay 120\nenv SITE=north\n`;
    expect(load({ "ha.cf": text }).model).toMatchObject({
      watchdog: { device: "/dev/watchdog", timeoutSeconds: 31 },
      uuidFrom: "nodename",
      logsRefusedFrames: false,
      hopFudge: 3,
      timings: { maxRetransmitDelayMs: 120 },
    });
  });

  it("autojoin is for clusters without resources", () => {
    const text = `${SEED_HA_CF}autojoin other\n`;
    expect(codes({ "ha.cf": text })).toEqual(["15 error autojoin.haresources"]);
    expect(load({ "ha.cf": text, haresources: "" }).model?.autoJoin).toBe("other");
  });
});
