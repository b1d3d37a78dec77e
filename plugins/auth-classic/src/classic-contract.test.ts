// The contract of authenticators, run on each method of authkeys.
import { contractFor, runContract } from "@systole/sdk/testkit";
import { expect, test } from "vitest";
import { ClassicAuthenticator } from "./classic-authenticator.js";
import type { ClassicConfig, ClassicKey } from "./classic-config.js";

const keyed = (method: "md5" | "sha1", key: string, ...more: readonly ClassicKey[]): ClassicConfig => ({
  sign: 1,
  keys: [{ index: 1, method, key }, ...more],
});

const notPassed = async (subject: Parameters<ReturnType<typeof contractFor<"authenticator">>["offers"]>[0]) =>
  (await runContract(contractFor("authenticator"), { open: () => subject })).flatMap(
    ({ id, outcome, reason }) => (outcome === "passed" ? [] : [`${id}: ${outcome}, ${reason}`]),
  );

test.each(["md5", "sha1"] as const)("%s keeps the contract, with one key and with two", async (method) => {
  const authenticator = new ClassicAuthenticator(keyed(method, "ours"));
  const stranger = new ClassicAuthenticator(keyed(method, "theirs"));
  expect(await notPassed({ authenticator, stranger })).toEqual([
    "accepts-listed-keys: not-applicable, needs rotating",
    "rotating-is-true: not-applicable, needs rotated",
  ]);
  const both = keyed(method, "ours", { index: 2, method: "sha1", key: "next" });
  const rotating = new ClassicAuthenticator(both);
  const rotated = new ClassicAuthenticator({ ...both, sign: 2 });
  expect(await notPassed({ authenticator: rotating, stranger, rotated })).toEqual([]);
});

test("crc keeps the contract, and says that it has no key", async () => {
  const crc = () => new ClassicAuthenticator({ sign: 1, keys: [{ index: 1, method: "crc" }] });
  expect(await notPassed({ authenticator: crc(), stranger: crc() })).toEqual([
    "needs-the-key: not-applicable, needs keyed",
    "accepts-listed-keys: not-applicable, needs rotating",
    "rotating-is-true: not-applicable, needs rotated",
  ]);
});
