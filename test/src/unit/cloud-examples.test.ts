// What the README of the cloud examples shows as a configuration is one that the plugins accept.
import { plugin as aws } from "@systole/example-cloud-functions/aws";
import { plugin as cloudflare } from "@systole/example-cloud-functions/cloudflare";
import { plugin as hetzner } from "@systole/example-cloud-functions/hetzner";
import { TestHost } from "@systole/sdk/testkit";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const readme = readFileSync(new URL("../../../examples/cloud-functions/README.md", import.meta.url), "utf8");
const shown = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text = ""]) => JSON.parse(text) as object,
);

it.each([
  ["aws", aws, {}, ["elastic-ip", "private-address", "power"]],
  ["hetzner", hetzner, { token: "t" }, ["floating-ip", "power"]],
  ["cloudflare", cloudflare, { token: "t" }, ["dns-record"]],
] as const)("the README shows a configuration for %s", async (_name, plugin, secrets, provided) => {
  const at = [aws, hetzner, cloudflare].indexOf(plugin);
  const host = await TestHost.boot(plugin, { config: { ...shown[at], ...secrets } });
  expect(host.provided.map(({ name }) => name)).toEqual(provided);
});

it.each([
  ["no token", hetzner, { token: undefined, nodes: {} }, /token: HCLOUD_TOKEN is not set/],
  ["a node without an instance", aws, { region: "eu-central-1", nodes: { alpha: {} } }, /instance/],
  ["no zone", cloudflare, { token: "t", nodes: {}, records: [] }, /zone/],
] as const)("a configuration with %s is refused", async (_what, plugin, config, problem) => {
  await expect(TestHost.boot(plugin, { config })).rejects.toThrow(problem);
});
