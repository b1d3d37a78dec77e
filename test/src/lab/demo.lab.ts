// The demo as a newcomer starts it: its exit status is the promise, so it is held to it, along with what it leaves behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { describeInLab } from "./in-lab.js";
import { DIRECTORY_PREFIX, labParent } from "./premises.js";

const DEMO = fileURLToPath(new URL("../../../examples/two-node-nginx/dist/demo.js", import.meta.url));

interface Ended {
  readonly pid: number;
  readonly code: number | null;
  readonly text: string;
}

/** Runs the demo; `interruptAt` is a text upon which it gets a Ctrl-C. */
async function runDemo(args: readonly string[], interruptAt?: string): Promise<Ended> {
  const child = spawn(process.execPath, [DEMO, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  let interrupted = false;
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    if (interrupted || interruptAt === undefined || !text.includes(interruptAt)) return;
    interrupted = true;
    child.kill("SIGINT");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { pid: child.pid ?? -1, code, text };
}

function leftBy(pid: number): string[] {
  return readdirSync(labParent()).filter((name) => name.startsWith(`${DIRECTORY_PREFIX}${String(pid)}-`));
}

describeInLab("npm run demo", () => {
  it("shows six acts, all of them as the walk-through says, and leaves nothing", async () => {
    const { pid, code, text } = await runDemo([]);
    expect(text.match(/ ok$/gm)).toHaveLength(12); // In the strip, and again in the table.
    expect(text).not.toContain("FAILED");
    expect(text.includes("\u001B")).toBe(false); // Not a terminal: no colours, no cursor movements.
    expect(code).toBe(0);
    expect(leftBy(pid)).toEqual([]);
  });

  it("ends at once on Ctrl-C, and leaves nothing", async () => {
    const { pid, code } = await runDemo([], "cold start");
    expect(code).toBe(130);
    expect(leftBy(pid)).toEqual([]);
  });

  it("refuses an option that it does not know", async () => {
    expect((await runDemo(["--with", "hope"])).code).toBe(1);
  });
});
