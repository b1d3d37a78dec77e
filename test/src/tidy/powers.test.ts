import { describe, expect, it } from "vitest";
import { matches, sources } from "./repository.js";

const shipped = sources.filter(
  ({ path }) =>
    /^(core|sdk|witness|daemon|plugins)\//.test(path) && !/\.test\.ts$|\/test(kit|ing)\//.test(path),
);

function files(pattern: RegExp): readonly string[] {
  return [...new Set(matches(shipped, pattern).map((line) => line.split(":")[0] ?? ""))].toSorted();
}

describe("what is shipped", () => {
  it("starts a shell in one place: for a command of ha.cf, which is written for one", () => {
    expect(files(/\["\/bin\/sh"|command: "(ba)?sh"/)).toEqual(["daemon/src/clients/client-process.ts"]);
    expect(
      files(/\bshell: (true|["'`])|import \{[^}]*\bexec(Sync)?\b[^}]*\} from "node:child_process"/),
    ).toEqual([]);
  });

  it("starts programs in few places, each with a list of arguments", () => {
    expect(files(/from "node:child_process"/)).toEqual([
      "core/src/host/node-processes.ts",
      "daemon/src/clients/client-process.ts",
      "daemon/src/clients/watchdog.ts",
      "daemon/src/commands/wire/sniff.ts",
      "daemon/src/config/machine.ts",
      "daemon/src/log/syslog.ts",
      "daemon/src/systemd/notify-socket.ts",
      "plugins/fence-agents/src/describe-agent.ts",
      "plugins/fence-stonith/src/describe-type.ts",
      "plugins/net-linux/src/guard/process-guard.ts",
      "plugins/net-linux/src/programs/host-picture.ts",
      "plugins/net-linux/src/programs/ip-monitor.ts",
      "plugins/net-linux/src/programs/run-program.ts",
    ]);
  });

  it("writes nothing where everybody may write, and evaluates no text", () => {
    // A contract is a test of whoever has made a plugin from the template.
    const written = files(/["'`]\/(var\/)?tmp\b|\btmpdir\(/);
    expect(written.filter((path) => !path.endsWith("/contract.ts"))).toEqual([]);
    expect(files(/\beval\(|new Function\(|from "node:vm"/)).toEqual([]);
  });

  it("opens nothing for writing that is there already, through a link or not", () => {
    expect(files(/\bopen(Sync)?\([^)]*, "w"/)).toEqual([]);
  });
});
