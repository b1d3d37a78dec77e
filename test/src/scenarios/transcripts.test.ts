// Every question of test/scenarios is asked again, and the answer is as it stands there. UPDATE=1 writes the answers anew: read what has
// changed in them before it is committed.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { play } from "@systole/sim";
import { describe, expect, it } from "vitest";
import { AUTHENTICATOR } from "../sim/simulated-cluster.js";

const FOLDER = new URL("../../scenarios/", import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));
const UPDATE = "UPDATE=1 npx vitest run --project unit test/src/scenarios";
const SHOWN_LINES = 40;

/** What is not the same, line by line: `-` as it stands there, `+` as it is now. */
function difference(then: string, now: string): string {
  const [before, after] = [then.split("\n"), now.split("\n")];
  const first = before.findIndex((line, index) => line !== after[index]);
  const fromEnd = [...before].toReversed().findIndex((line, index) => line !== after.at(-1 - index));
  const old = before.slice(first, before.length - fromEnd).map((line) => `- ${line}`);
  const fresh = after.slice(first, after.length - fromEnd).map((line) => `+ ${line}`);
  const context = before.slice(Math.max(0, first - 3), first).map((line) => `  ${line}`);
  return [...context, ...old.slice(0, SHOWN_LINES), ...fresh.slice(0, SHOWN_LINES)].join("\n");
}

describe("what if …", () => {
  it("asks the questions that operators ask", () => {
    expect(FILES.length).toBeGreaterThanOrEqual(16);
    expect(FILES.filter((name) => !/^(what-if|what-happens)-[a-z0-9-]+\.txt$/.test(name))).toEqual([]);
  });

  it.each(FILES)("%s", (file) => {
    const path = new URL(file, FOLDER);
    const then = readFileSync(path, "utf8");
    const now = play(then, AUTHENTICATOR);
    if (process.env.UPDATE === "1") writeFileSync(path, now);
    else if (now !== then)
      throw new Error(
        `${file} is answered otherwise now:\n\n${difference(then, now)}\n\nIf that is right: ${UPDATE}`,
      );
    expect(now.split("\n")[0]).toMatch(/\?$/);
    expect(now).toContain("\n----\n");
    expect(now).not.toContain("\n!! ");
  });
});
