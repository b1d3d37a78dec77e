import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../config/load-config.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { seedMachine } from "../../testkit/seed-files.js";
import type { Ask } from "./ask.js";
import { init, type InitOptions } from "./init.js";

let haDir = "";
beforeEach(() => {
  haDir = mkdtempSync(join(tmpdir(), "systole-init-"));
});
afterEach(() => rmSync(haDir, { recursive: true }));

const FLAGS: Omit<InitOptions, "haDir"> = {
  cluster: "shop",
  node: ["master=192.0.2.11", "cluster1=192.0.2.12"],
  interface: "eth0",
  address: "192.0.2.10/24",
  service: ["nginx"],
  yes: true,
};

async function run(options: Partial<InitOptions>, answers?: readonly (string | undefined)[]) {
  const terminal = recordingTerminal();
  const questions: string[] = [];
  const left = [...(answers ?? [])];
  const ask: Ask = async ({ message, judge }) => {
    questions.push(message);
    const answer = left.shift();
    expect(answer === undefined ? undefined : judge(answer)).toBeUndefined();
    return answer;
  };
  const parts = { machine: seedMachine(), ask, isTerminal: answers !== undefined, gateway: "192.0.2.1" };
  const code = await init({ haDir, ...options }, terminal, parts);
  return { code, questions, ...terminal.written };
}

describe("systole init", () => {
  it("writes a configuration that check finds good, and a key that root alone can read", async () => {
    const { code, out, err } = await run(FLAGS);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("is good: 0 errors, 0 warnings");
    expect(statSync(join(haDir, "cluster.key")).mode & 0o777).toBe(0o600);
    const { model } = loadConfig({ haDirectory: haDir, machine: seedMachine() });
    expect(model).toMatchObject({
      nodes: ["master", "cluster1"],
      groups: [{ key: "shop", home: "master" }],
      pingNodes: [{ name: "192.0.2.1" }],
      isolation: "release",
    });
    expect(out).not.toContain(readFileSync(join(haDir, "cluster.key"), "utf8").trim());
  });

  it("asks five things on a terminal, and nothing that was said", async () => {
    const { code, questions } = await run({}, ["shop", "master=192.0.2.11 cluster1=192.0.2.12", "eth0", "192.0.2.10/24", "nginx"]); // prettier-ignore
    expect(code).toBe(0);
    expect(questions).toHaveLength(5);
    const again = await run({ ...FLAGS, yes: false, force: true }, []);
    expect(again.questions).toEqual([]);
    expect(again.code).toBe(0);
  });

  it("keeps a key that is there, and a file unless it is told otherwise", async () => {
    await run(FLAGS);
    const key = readFileSync(join(haDir, "cluster.key"), "utf8");
    expect((await run(FLAGS)).err).toContain("is there already; --force replaces it");
    expect((await run({ ...FLAGS, force: true })).code).toBe(0);
    expect(readFileSync(join(haDir, "cluster.key"), "utf8")).toBe(key);
  });

  it.each<readonly [string, Partial<InitOptions>, string]>([
    ["a node without address", { node: ["master", "b=192.0.2.2"] }, "write NAME=ADDRESS"],
    ["one node", { node: ["master=192.0.2.11"] }, "--node NAME=ADDRESS, twice"],
    ["the same address", { node: ["a=192.0.2.11", "b=192.0.2.11"] }, "the same address"],
    ["a node's own address", { address: "192.0.2.11/24" }, "a node's own address"],
    ["no address", { address: "nginx" }, "is not an IP address"],
    ["another preset", { preset: "fast" }, "write one of: lan, vm"],
  ])("refuses %s and writes nothing", async (_what, options, words) => {
    const { code, err } = await run({ ...FLAGS, ...options });
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(existsSync(join(haDir, "systole.yaml"))).toBe(false);
  });

  it("writes nothing when a person gives up, or where heartbeat's files are", async () => {
    expect((await run({}, [undefined])).err).toContain("nothing was written");
    writeFileSync(join(haDir, "ha.cf"), "");
    expect((await run(FLAGS)).err).toContain("systole convert");
    expect(existsSync(join(haDir, "systole.yaml"))).toBe(false);
  });

  it("says what is missing where nobody can be asked", async () => {
    expect((await run({})).err).toContain("--node NAME=ADDRESS, twice, --interface, --address");
  });
});
