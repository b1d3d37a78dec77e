// Files of keys: what is refused because others could read or replace it, and what is no key.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyDirectory } from "./key-directory.js";
import { SecretKey } from "./node-key.js";

let root: string;
let directory: KeyDirectory;
const key = SecretKey.generate();

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "systole-keys-"));
  directory = new KeyDirectory(join(root, "keys"));
  await directory.writeSecret("master", [key]);
  await directory.writePublic("master", [key.public]);
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (name: string) => join(root, "keys", name);
const refusal = () => {
  try {
    directory.read();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("a directory of keys", () => {
  it("is made for its owner alone, and reads as it was written", () => {
    expect(statSync(file(".")).mode & 0o777).toBe(0o700);
    expect(statSync(file("node.key")).mode & 0o777).toBe(0o600);
    expect(directory.read().own.map((one) => one.public.id)).toEqual([key.public.id]);
    expect(
      directory
        .read()
        .nodes.get("master")
        ?.map(({ id }) => id),
    ).toEqual([key.public.id]);
  });

  it.each([0o640, 0o604, 0o660, 0o644])("refuses a secret that others may read (%o)", (mode) => {
    chmodSync(file("node.key"), mode);
    expect(refusal()).toMatchObject({
      code: "KEYS_PERMISSIONS",
      message: expect.stringContaining("chmod 600"),
    });
  });

  it.each([0o664, 0o646])("refuses a public key that others may replace (%o)", (mode) => {
    chmodSync(file("master.pub"), mode);
    expect(refusal()).toMatchObject({
      code: "KEYS_PERMISSIONS",
      message: expect.stringContaining("chmod go-w"),
    });
  });

  it("refuses a directory in which others may write", () => {
    chmodSync(file("."), 0o770);
    expect(refusal()).toMatchObject({ code: "KEYS_PERMISSIONS" });
  });

  it("refuses links and what is no file", () => {
    rmSync(file("node.key"));
    writeFileSync(join(root, "elsewhere"), "", { mode: 0o600 });
    symlinkSync(join(root, "elsewhere"), file("node.key"));
    expect(refusal()).toMatchObject({
      code: "KEYS_PERMISSIONS",
      message: expect.stringContaining("symbolic link"),
    });
    rmSync(file("node.key"));
    mkdirSync(file("node.key"), { mode: 0o700 });
    expect(refusal()).toMatchObject({ code: "KEYS_PERMISSIONS" });
  });

  it("says what to do when there is no key yet", () => {
    rmSync(file("node.key"));
    expect(refusal()).toMatchObject({
      code: "KEYS_INVALID",
      message: expect.stringContaining("systole keys new"),
    });
    rmSync(file("."), { recursive: true });
    expect(refusal()).toMatchObject({
      code: "KEYS_INVALID",
      message: expect.stringContaining("systole keys new"),
    });
  });

  it.each([
    ["nothing", ""],
    ["another kind", "rsa AAAA\n"],
    ["damaged base64", "x25519 AAAA*\n"],
    ["too few bytes", `x25519 ${Buffer.alloc(16).toString("base64")}\n`],
    ["a key that leads to nobody", `x25519 ${Buffer.alloc(32).toString("base64")}\n`],
  ])("refuses a file with %s, and does not repeat it", (_, text) => {
    writeFileSync(file("cluster1.pub"), text);
    expect(refusal()).toMatchObject({
      code: "KEYS_INVALID",
      message: expect.stringContaining("cluster1.pub"),
    });
    writeFileSync(file("cluster1.pub"), "x25519 not-to-be-shown\n");
    expect(String(refusal())).not.toContain("not-to-be-shown");
  });

  it("reads the secret from a credential instead, under the same rule", () => {
    const credential = join(root, "systole.key");
    writeFileSync(credential, readFileSync(file("node.key")), { mode: 0o400 });
    rmSync(file("node.key"));
    directory = new KeyDirectory(join(root, "keys"), credential);
    expect(directory.read().own.map((one) => one.public.id)).toEqual([key.public.id]);
    chmodSync(credential, 0o444);
    expect(refusal()).toMatchObject({ code: "KEYS_PERMISSIONS" });
  });
});

it("a secret key shows its secret to nobody who prints it", () => {
  const secret = Buffer.from(key.expose()).toString("base64");
  for (const text of [JSON.stringify(key), inspect(key, { depth: 9, showHidden: true }), String(key)])
    expect(text).not.toContain(secret.slice(0, 8));
});
