import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, seedMachine, SEED_HA_CF, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig } from "./load-config.js";

const directories: HaDirectory[] = [];

function directory(overrides: Readonly<Record<string, string | undefined>> = {}): HaDirectory {
  const made = makeHaDirectory(overrides);
  directories.push(made);
  return made;
}

afterEach(() => {
  for (const made of directories.splice(0)) made.remove();
});

describe("files as they are found", () => {
  it("refuses authkeys that others may read, and warns when they may write", () => {
    const made = directory();
    const modes = [0o640, 0o604, 0o620, 0o600];
    const found = modes.map((mode) => {
      chmodSync(join(made.path, "authkeys"), mode);
      return loadConfig({ haDirectory: made.path, machine: seedMachine() }).problems.map(({ code }) => code);
    });
    expect(found).toEqual([
      ["authkeys.readable-by-others"],
      ["authkeys.readable-by-others"],
      ["authkeys.writable-by-others"],
      [],
    ]);
  });

  it("refuses a directory, a giant, and a key that is not UTF-8", () => {
    const made = directory();
    rmSync(join(made.path, "haresources"));
    mkdirSync(join(made.path, "haresources"));
    made.write("ha.cf", "#".repeat(1024 * 1024 + 1));
    made.write("authkeys", Buffer.from("auth 1\n1 md5 gr\u00fcn\n", "latin1"));
    const { problems } = loadConfig({ haDirectory: made.path, machine: seedMachine() });
    expect(
      problems.map(({ code, message }) => [code, /larger|not a regular|UTF-8/.exec(message)?.[0]]),
    ).toEqual([
      ["file.unreadable", "larger"],
      ["authkeys.encoding", "UTF-8"],
      ["file.unreadable", "not a regular"],
    ]);
  });

  it("reads comments in an old encoding", () => {
    const made = directory();
    made.write("ha.cf", Buffer.from(`# für alle\n${SEED_HA_CF}`, "latin1"));
    expect(loadConfig({ haDirectory: made.path, machine: seedMachine() }).problems).toEqual([]);
  });

  it("takes this node's name from --node, then nodeinfo, then the host", () => {
    const made = directory({ nodeinfo: "Cluster1\n" });
    const machine = seedMachine();
    expect(loadConfig({ haDirectory: made.path, machine }).model?.self).toBe("cluster1");
    expect(loadConfig({ haDirectory: made.path, machine, node: "MASTER" }).model?.self).toBe("master");
  });

  it("keeps the lines of authkeys to itself", () => {
    const made = directory({ authkeys: "auth 9\n1 md5 Hello!\n" });
    const loaded = loadConfig({ haDirectory: made.path, machine: seedMachine() });
    expect(JSON.stringify([...loaded.sources])).not.toContain("Hello!");
  });
});
