// Are the scripts of a directory listed, and what they say of themselves found?
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ScriptCatalogue } from "./catalogue.js";

const live = (): AbortSignal => new AbortController().signal;
let directory = "";
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "systole-catalogue-"))));
afterEach(() => rm(directory, { recursive: true, force: true }));

it("lists what can be executed, and reads LSB's header", async () => {
  const header = "### BEGIN INIT INFO\n# Provides: web\n# Short-Description: A web server\n### END INIT INFO";
  await writeFile(join(directory, "web"), `#!/bin/sh\n${header}\n`, { mode: 0o755 });
  await writeFile(join(directory, "bare"), "#!/bin/sh\n# Short-Description: not in a header\n", {
    mode: 0o755,
  });
  await writeFile(join(directory, "README"), "words");
  await writeFile(join(directory, ".hidden"), "", { mode: 0o755 });
  const catalogue = new ScriptCatalogue("lsb", directory);
  expect(await catalogue.list(live())).toEqual(["lsb:bare", "lsb:web"]);
  expect(await catalogue.describe(["web"], live())).toMatchObject({
    ok: true,
    description: { title: "A web server" },
  });
  expect(await catalogue.describe(["bare"], live())).toMatchObject({ ok: true, description: { title: "" } });
  expect(await catalogue.describe(["README"], live())).toMatchObject({ ok: false });
});

it("has nothing where there is no such directory", async () => {
  expect(await new ScriptCatalogue("heartbeat", join(directory, "none")).list(live())).toEqual([]);
});
