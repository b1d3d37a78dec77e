import { describe, expect, it } from "vitest";
import { SEED_AUTH_KEYS } from "../testkit/seed-files.js";
import { checkAuthKeysMode, parseAuthKeys } from "./authkeys.js";

function problemsOf(text: string): string[] {
  return parseAuthKeys(text, "authkeys").problems.map(
    ({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`,
  );
}

describe("parseAuthKeys", () => {
  it("reads the seed's file", () => {
    expect(parseAuthKeys(SEED_AUTH_KEYS, "authkeys")).toEqual({
      value: { sign: 3, keys: [{ index: 3, method: "md5", key: "Hello!" }] },
      problems: [],
    });
  });

  it("accepts several keys, one of which signs", () => {
    const { value, problems } = parseAuthKeys("auth 2\r\n1 md5 old\r\n2 sha1 new\r\n", "authkeys");
    expect(problems).toEqual([]);
    expect(value).toEqual({
      sign: 2,
      keys: [
        { index: 1, method: "md5", key: "old" },
        { index: 2, method: "sha1", key: "new" },
      ],
    });
  });

  it("takes a # inside a key as part of it", () => {
    expect(parseAuthKeys("auth 1\n1 md5 a#b\n", "authkeys").value.keys[0]?.key).toBe("a#b");
  });

  it.each([
    ["", "0:0 error authkeys.auth-missing"],
    ["1 sha1 secret", "0:0 error authkeys.auth-missing"],
    ["auth\n1 sha1 secret", "1:1 error authkeys.auth-invalid"],
    ["auth 16\n1 sha1 secret", "1:1 error authkeys.auth-invalid"],
    ["auth one\n1 sha1 secret", "1:1 error authkeys.auth-invalid"],
    ["authority 1\n1 sha1 secret", "1:1 error authkeys.auth-invalid"],
    ["auth 1\nauth 1\n1 sha1 secret", "2:1 error authkeys.auth-repeated"],
    ["auth 2\n1 sha1 secret", "1:1 error authkeys.signer-missing"],
    ["auth 1\n1 sha1 secret\n1 md5 secret", "3:1 error authkeys.index-repeated"],
    ["auth 1\n1 sha1 secret\n16 md5 secret", "3:1 error authkeys.index-invalid"],
    ["auth 1\n1 sha1 secret\nsha1 secret", "3:1 error authkeys.index-invalid"],
    ["auth 1\n1 sha1 secret\n2 sha256 secret", "3:3 error authkeys.method-invalid"],
    ["auth 1\n1 sha1 secret\n2", "3:1 error authkeys.method-invalid"],
    ["auth 1\n1 sha1 secret\n2 md5", "3:3 error authkeys.key-missing"],
    ["auth 1\n1 sha1 secret\n2 crc secret", "3:7 error authkeys.crc-with-key"],
    ["auth 1\n1 sha1 secret\n2 crc", "3:3 warning authkeys.crc"],
    ["auth 1\n1 sha1 secret words", "2:15 warning authkeys.surplus"],
    ["1 sha1 secret\nauth 1", "2:1 warning authkeys.auth-below-key"],
    ["auth 1\n1 sha1 secret\n\u0001", "3:1 error file.control-character"],
  ])("%j", (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it.each([
    "Hunter2 Hunter2",
    "auth Hunter2",
    "1 Hunter2",
    "1 sha1 x Hunter2",
    "1 crc Hunter2",
    "aHunter2 1",
    "Hunter2",
  ])("never repeats what may be a key: %s", (line) => {
    const { problems } = parseAuthKeys(`${line}\n${line}\n`, "authkeys");
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain("Hunter2");
  });
});

describe("checkAuthKeysMode", () => {
  it.each([
    [0o100600, []],
    [0o100400, []],
    [0o100700, []],
    [0o100640, ["error authkeys.readable-by-others"]],
    [0o100604, ["error authkeys.readable-by-others"]],
    [0o100666, ["error authkeys.readable-by-others"]],
    [0o100602, ["warning authkeys.writable-by-others"]],
    [0o100620, ["warning authkeys.writable-by-others"]],
  ])("mode %o", (mode, expected) => {
    const { problems } = checkAuthKeysMode(mode, "authkeys");
    expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  });
});
