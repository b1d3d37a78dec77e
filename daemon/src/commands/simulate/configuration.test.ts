import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyDirectory, SecretKey } from "@systole/auth-sealed";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeHaDirectory, seedMachine, type HaDirectory } from "../../testkit/seed-files.js";
import { readConfiguration } from "./configuration.js";
import { settingOf } from "./stage.js";

let path: string;
let made: HaDirectory;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "systole-keys-"));
});

afterEach(() => {
  rmSync(path, { recursive: true });
  made.remove();
});

it("needs no other node's secret key where only sealed frames count, and says who signs instead", async () => {
  const directory = new KeyDirectory(join(path, "keys"));
  for (const name of ["master", "cluster1"]) {
    const key = SecretKey.generate();
    await directory.writePublic(name, [key.public]);
    if (name === "master") await directory.writeSecret(name, [key]);
  }
  const yaml = `security: { mode: enforce, keys: ${directory.path} }\n`;
  made = makeHaDirectory({ authkeys: undefined, "systole.yaml": yaml });
  const configuration = await readConfiguration({ haDir: made.path }, seedMachine());
  if (!configuration.ok) throw new Error(configuration.problems.map(({ message }) => message).join("; "));
  const { assumptions, stage } = settingOf(configuration.nodes, configuration.signs, 500);
  expect(assumptions.join("; ")).toContain("the secret keys of other nodes are not here");
  const { cluster } = stage(1);
  for (const name of cluster.names) cluster.start(name);
  cluster.until(() => cluster.serving("nginx").length === 1 && cluster.stable(), 60_000, "served");
  expect(cluster.view("cluster1").nodes.find(({ name }) => name === "master")?.state).toBe("active");
});
