// The example with three sites, as its README says to start it: its exit status is the promise.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { describeInLab } from "./in-lab.js";
import { HAS_BROKER } from "./lab-broker.js";
import { DIRECTORY_PREFIX, labParent } from "./premises.js";

const DEMO = fileURLToPath(new URL("../../../examples/three-sites-mqtt/dist/demo.js", import.meta.url));
const ACTS = 7;

describe.skipIf(!HAS_BROKER)("where mosquitto is", () => {
  describeInLab("the example of three sites", () => {
    it("has one site serve throughout, none while there is no broker, and leaves nothing", async () => {
      const demo = spawn(process.execPath, [DEMO], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      demo.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      const [code] = (await once(demo, "close")) as [number | null];
      process.stdout.write(text);
      expect(text.match(/ ok$/gm)).toHaveLength(ACTS);
      expect(code).toBe(0);
      const prefix = `${DIRECTORY_PREFIX}${String(demo.pid)}-`;
      expect(readdirSync(labParent()).filter((name) => name.startsWith(prefix))).toEqual([]);
    });
  });
});
