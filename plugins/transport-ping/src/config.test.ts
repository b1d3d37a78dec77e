// What the schema takes and what it refuses.
import * as v from "valibot";
import { expect, test } from "vitest";
import { PingConfig } from "./config.js";

const accepts = (...nodes: readonly unknown[]): boolean => v.is(PingConfig, { nodes });
const gateway = { name: "10.10.180.1", group: false, hosts: ["10.10.180.1"] };

test("takes hosts as addresses and as names, alone and in groups", () => {
  expect(
    accepts(gateway, { name: "routers", group: true, hosts: ["fe80::1%eth0", "gw-2.example.com"] }),
  ).toBe(true);
});

test.each([
  ["no host", { ...gateway, hosts: [] }],
  ["a host with a blank", { ...gateway, hosts: ["a b"] }],
  ["a host that looks like an option or a path", { ...gateway, hosts: ["../x"] }],
  ["a field that nobody knows", { ...gateway, host: "x" }],
])("refuses %s", (_, node) => {
  expect(accepts(node)).toBe(false);
});

test("refuses two nodes of the same name", () => {
  expect(accepts(gateway, gateway)).toBe(false);
});
