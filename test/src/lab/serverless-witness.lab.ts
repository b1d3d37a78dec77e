// The example with a witness in a cloud, as its README says to start it, in both clouds at once: its exit status is the promise.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { workerdMissing } from "../hosts/workerd.js";
import { describeInLab } from "./in-lab.js";
import { HAS_BROKER } from "./lab-broker.js";
import { DIRECTORY_PREFIX, labParent } from "./premises.js";

const DEMO = fileURLToPath(new URL("../../../examples/serverless-witness/dist/demo.js", import.meta.url));
const ACTS = 9;
const hasWorkerd = workerdMissing() === undefined || process.env["CI"] === "true";
const CLOUDS = hasWorkerd ? ["workerd", "lambda"] : ["lambda"];

async function play(
  cloud: string,
): Promise<{ readonly code: number | null; readonly pid: number; readonly text: string }> {
  const demo = spawn(process.execPath, [DEMO, cloud], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  demo.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  const [code] = (await once(demo, "close")) as [number | null];
  return { code, pid: demo.pid ?? 0, text };
}

describe.skipIf(!HAS_BROKER)("where mosquitto is", () => {
  describeInLab("the example of a witness in a cloud", () => {
    it("has exactly one serve, whatever is cut, none when everything is, and leaves nothing", async () => {
      for (const { code, pid, text } of await Promise.all(CLOUDS.map(play))) {
        process.stdout.write(`${text}\n`);
        expect(text.match(/ ok$/gm)).toHaveLength(ACTS);
        expect(code).toBe(0);
        const prefix = `${DIRECTORY_PREFIX}${String(pid)}-`;
        expect(readdirSync(labParent()).filter((name) => name.startsWith(prefix))).toEqual([]);
      }
    });
  });
});
