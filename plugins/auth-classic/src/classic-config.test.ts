// A wrong configuration is refused by the name of the wrong field, and never quoted.
import { Authenticator, type PluginHost } from "@systole/sdk";
import { describe, expect, it } from "vitest";
import plugin, { ClassicAuthenticator, ClassicConfig } from "./index.js";

const SECRET = "correct-horse-battery";
const md5 = { index: 1, method: "md5", key: SECRET };

async function issuesOf(
  value: unknown,
): Promise<readonly { readonly message: string; readonly at: string }[]> {
  const result = await ClassicConfig["~standard"].validate(value);
  return (result.issues ?? []).map(({ message, path }) => ({ message, at: (path ?? []).join(".") }));
}

describe("a configuration", () => {
  it.each([
    { sign: 1, keys: [{ index: 1, method: "crc" }] },
    { sign: 0, keys: [{ index: 0, method: "sha1", key: "k" }] },
    { sign: 15, keys: [{ index: 15, method: "sha1", key: "k" }, md5, { index: 2, method: "crc" }] },
  ])("is taken as it is: %j", async (value) => {
    expect(await ClassicConfig["~standard"].validate(value)).toEqual({ value });
  });

  const wrong: readonly (readonly [string, unknown, string, RegExp])[] = [
    ["crc with a key", { sign: 1, keys: [{ ...md5, method: "crc" }] }, "keys.0.key", /absent/],
    ["md5 without a key", { sign: 1, keys: [{ index: 1, method: "md5" }] }, "keys.0.key", /need a key/],
    [
      "sha1 with an empty key",
      { sign: 1, keys: [{ index: 1, method: "sha1", key: "" }] },
      "keys.0.key",
      /need a key/,
    ],
    ["a key that is a number", { sign: 1, keys: [{ ...md5, key: 42 }] }, "keys.0.key", /text/],
    ["a key of damaged text", { sign: 1, keys: [{ ...md5, key: "a\uFFFD" }] }, "keys.0.key", /UTF-8/],
    ["an endless key", { sign: 1, keys: [{ ...md5, key: SECRET.repeat(1000) }] }, "keys.0.key", /4096/],
    [
      "an unknown method",
      { sign: 1, keys: [{ ...md5, method: SECRET }] },
      "keys.0.method",
      /"crc", "md5" or "sha1"/,
    ],
    ["an index of 16", { sign: 1, keys: [md5, { ...md5, index: 16 }] }, "keys.1.index", /0 to 15/],
    ["a broken index", { sign: 1, keys: [md5, { ...md5, index: 1.5 }] }, "keys.1.index", /whole/],
    ["an index twice", { sign: 1, keys: [md5, md5] }, "keys.1.index", /repeats/],
    ["a signing index that is not listed", { sign: 2, keys: [md5] }, "sign", /no entry/],
    ["a negative signing index", { sign: -1, keys: [md5] }, "sign", /0 to 15/],
    ["no signing index", { keys: [md5] }, "sign", /missing/],
    ["no entries", { sign: 1, keys: [] }, "keys", /an entry/],
    ["entries that are no list", { sign: 1, keys: SECRET }, "keys", /list/],
    ["an entry that is text", { sign: 1, keys: [SECRET] }, "keys.0", /entry/],
    ["a field too many", { sign: 1, keys: [{ ...md5, colour: SECRET }] }, "keys.0.colour", /not a field/],
    ["a text", `1 md5 ${SECRET}`, "", /object/],
    ["nothing", undefined, "", /object/],
  ];

  it.each(wrong)("with %s is refused there, without a word of its keys", async (_, value, at, message) => {
    const issues = await issuesOf(value);
    expect(issues).toContainEqual({ at, message: expect.stringMatching(message) });
    const raw = await ClassicConfig["~standard"].validate(value);
    expect(JSON.stringify(raw)).not.toContain(SECRET);
  });

  it("has all its problems reported at once", async () => {
    const issues = await issuesOf({ sign: 99, keys: [{ index: -1, method: "md5" }] });
    expect(issues.map(({ at }) => at).toSorted()).toEqual(["keys.0.index", "keys.0.key", "sign"]);
  });
});

describe("the plugin", () => {
  it("offers the authenticator `classic`, made from its configuration", () => {
    const offers: { readonly port: string; readonly name: string; readonly made: unknown }[] = [];
    const host: PluginHost = {
      provide(port, name, provider) {
        const create = provider.create as () => unknown;
        offers.push({ port: port.port, name, made: create() });
      },
    };
    (plugin.register as (host: PluginHost, config: ClassicConfig) => void)(host, {
      sign: 1,
      keys: [{ index: 1, method: "crc" }],
    });
    expect(plugin).toMatchObject({ kind: "systole.plugin", name: "auth-classic", runtimes: ["node"] });
    expect(offers).toEqual([
      { port: Authenticator.port, name: "classic", made: expect.any(ClassicAuthenticator) },
    ]);
  });
});
