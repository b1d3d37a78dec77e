// Which speech on the network a node refuses to begin with, and what `systole check` says instead.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyDirectory, SecretKey } from "@systole/auth-sealed";
import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, seedMachine, SEED_HA_CF, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig, type LoadOptions } from "./load-config.js";

const CRC = "auth 1\n1 crc\n";
let made: HaDirectory;
const directories: string[] = [];

afterEach(() => {
  made.remove();
  for (const path of directories.splice(0)) rmSync(path, { recursive: true });
});

function load(files: Record<string, string | undefined>, options: Partial<LoadOptions> = {}) {
  made = makeHaDirectory(files);
  const loaded = loadConfig({ haDirectory: made.path, machine: seedMachine(), ...options });
  return { ...loaded, codes: loaded.problems.map(({ severity, code }) => `${severity} ${code}`) };
}

/** A directory with these nodes' keys; the first one is this node. */
async function keysOf(...names: readonly string[]): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), "systole-keys-"));
  directories.push(path);
  const directory = new KeyDirectory(join(path, "keys"));
  for (const [index, name] of names.entries()) {
    const key = SecretKey.generate();
    await directory.writePublic(name, [key.public]);
    if (index === 0) await directory.writeSecret(name, [key]);
  }
  return directory.path;
}

describe("crc", () => {
  const heartbeatWasHere = seedMachine({
    namesIn: (path) => (path === "/var/lib/heartbeat" ? ["hb_generation", "hb_uuid"] : []),
  });

  it("is refused, with the word that would let it be", () => {
    const { model, problems } = load({ authkeys: CRC });
    expect(model).toBeUndefined();
    expect(problems.find(({ code }) => code === "authkeys.crc-refused")?.message).toContain("insecure: true");
  });

  it.each([
    ["on the command line", {}, { insecure: true }],
    ["in systole.yaml", { "systole.yaml": "security: { insecure: true }\n" }, {}],
    ["by a heartbeat that ran here, of whose files none was added to", {}, { machine: heartbeatWasHere }],
    ["by a serial line, on which nobody else is", { "ha.cf": serialOnly() }, {}],
  ] as const)("is let be when that is said %s", (_, files, options) => {
    const { model, codes, security } = load({ authkeys: CRC, ...files }, options);
    expect(codes).toContain("warning authkeys.crc");
    expect(model?.providers.authenticator).toBe("classic");
    expect(security.allowsCrc).toBe(true);
  });

  it("is refused where heartbeat ran once, and systole.yaml says nothing of it", () => {
    const files = { authkeys: CRC, "systole.yaml": "defaults: { on-fail: move }\n" };
    expect(load(files, { machine: heartbeatWasHere }).codes).toContain("error authkeys.crc-refused");
  });

  it("is no matter where sealed frames alone count", async () => {
    const keys = await keysOf("master", "cluster1");
    const yaml = `security: { mode: enforce, keys: ${keys} }\n`;
    expect(load({ authkeys: CRC, "systole.yaml": yaml }).codes).toEqual(["warning authkeys.crc"]);
  });

  it("that is only listed may stay, to change from it to a key", () => {
    expect(load({ authkeys: "auth 2\n2 sha1 secret\n1 crc\n" }).codes).toEqual(["warning authkeys.crc"]);
  });
});

describe("sealed frames", () => {
  const yaml = (mode: string, keys: string) => `security: { mode: ${mode}, keys: ${keys} }\n`;

  it.each(["receive-only", "permissive", "enforce"])("become a plugin and its sealer (%s)", async (mode) => {
    const keys = await keysOf("master", "cluster1");
    const { model, codes } = load({ "systole.yaml": yaml(mode, keys) });
    expect(codes).toEqual([]);
    expect(model?.providers).toMatchObject({ authenticator: "classic", sealer: "sealed" });
    expect(model?.plugins.at(-1)).toEqual({
      use: "auth-sealed",
      with: { self: "master", mode, directory: keys },
    });
  });

  it("need no authkeys when they alone count, and else they do", async () => {
    const keys = await keysOf("master", "cluster1");
    const { model, codes } = load({ authkeys: undefined, "systole.yaml": yaml("enforce", keys) });
    expect(codes).toEqual([]);
    expect(model?.providers.authenticator).toBeUndefined();
    expect(model?.plugins.map(({ use }) => use)).not.toContain("auth-classic");
    made.remove();
    expect(load({ authkeys: undefined, "systole.yaml": yaml("permissive", keys) }).codes).toContain(
      "error file.missing",
    );
  });

  it("are looked for beside the file when it names no directory", () => {
    const { codes, problems } = load({ "systole.yaml": "security: { mode: enforce }\n" });
    expect(codes).toEqual(["error keys.directory-invalid"]);
    expect(problems[0]?.message).toContain(`${made.path}/keys`);
    expect(problems[0]).toMatchObject({ line: 1, column: 13 });
  });

  it("want a key of every node, at the latest when they are sent", async () => {
    const keys = await keysOf("master");
    expect(load({ "systole.yaml": yaml("permissive", keys) }).codes).toEqual(["error keys.missing"]);
    made.remove();
    expect(load({ "systole.yaml": yaml("receive-only", keys) }).codes).toEqual(["warning keys.missing"]);
  });

  it("are not sealed with a key that others can read", async () => {
    const keys = await keysOf("master", "cluster1");
    chmodSync(join(keys, "node.key"), 0o640);
    const { codes, problems } = load({ "systole.yaml": yaml("permissive", keys) });
    expect(codes).toEqual(["error keys.own-invalid"]);
    expect(problems[0]?.message).toContain("chmod 600");
  });

  it("take the secret from systemd's credentials when there is one", async () => {
    const keys = await keysOf("master", "cluster1");
    const credentials = mkdtempSync(join(tmpdir(), "systole-credentials-"));
    directories.push(credentials);
    mkdirSync(credentials, { recursive: true });
    writeFileSync(
      join(credentials, "systole.key"),
      `x25519 ${Buffer.from(SecretKey.generate().expose()).toString("base64")}\n`,
      { mode: 0o400 },
    );
    const machine = seedMachine({ credentialsDirectory: credentials });
    const { model } = load({ "systole.yaml": yaml("enforce", keys) }, { machine });
    expect(model?.plugins.at(-1)?.with).toMatchObject({ credential: join(credentials, "systole.key") });
  });
});

describe("who may look", () => {
  it("is a group that exists, or nobody", () => {
    const machine = seedMachine({ groupId: (name) => (name === "operators" ? 4711 : undefined) });
    const yaml = (group: string) => ({ "systole.yaml": `security: { readers: ${group} }\n` });
    expect(load(yaml("operators"), { machine }).security.readers).toBe(4711);
    made.remove();
    expect(load(yaml("operator"), { machine }).codes).toEqual(["error yaml.group-unknown"]);
    made.remove();
    expect(load({}, { machine }).security.readers).toBeUndefined();
  });
});

function serialOnly(): string {
  return SEED_HA_CF.replace(/^ucast .*$/m, "serial /dev/ttyS0");
}
