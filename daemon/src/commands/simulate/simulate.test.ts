import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { makeHaDirectory, seedMachine, SEED_HA_CF, type HaDirectory } from "../../testkit/seed-files.js";
import { simulate, type SimulateOptions } from "./simulate.js";
import { parseStep } from "./steps.js";

const QUICK = SEED_HA_CF.replace("keepalive 2", "keepalive 200ms")
  .replace("deadtime 30", "deadtime 2")
  .replace("warntime 10", "warntime 1")
  .replace("initdead 120", "initdead 4")
  .replace(/^respawn .*\n/m, "");
const ALONE = QUICK.replace(/^ping .*\n/m, "");
const THREE = QUICK.replace("node cluster1\n", "node cluster1\nnode cluster2\n");
const WITNESS = `plugins:
  - use: quorum-witness
    with: { cluster: web, witnesses: [{ url: "https://witness.example.net/", key: { env: KEY } }] }
quorum: [witness]
isolation: release
`;
const FENCING = "plugins: [{ use: fence-meatware }]\nfence: [meatware]\n";

const directories: HaDirectory[] = [];

afterEach(() => {
  for (const made of directories.splice(0)) made.remove();
});

interface Asked extends Partial<Omit<SimulateOptions, "steps">> {
  readonly steps?: readonly string[];
  readonly signal?: AbortSignal;
  readonly isLive?: boolean;
}

async function simulated(files: Record<string, string | undefined>, asked: Asked) {
  const made = makeHaDirectory({ "ha.cf": QUICK, ...files });
  directories.push(made);
  const terminal = recordingTerminal();
  const { steps = [], signal = new AbortController().signal, isLive = false, ...options } = asked;
  const parsed = steps.map((step) => {
    const [deed = "kill", what = ""] = step.split(" ");
    return parseStep(deed as Parameters<typeof parseStep>[0], what);
  });
  const wanted = { haDir: made.path, agentsTake: 0.5, ...options, steps: parsed };
  const exitCode = await simulate(
    wanted,
    { out: terminal.out, err: { ...terminal.err, isLive } },
    signal,
    seedMachine(),
  );
  const readable = (text: string): string => text.replaceAll(made.path, "/etc/ha.d");
  return { exitCode, out: readable(terminal.written.out), err: readable(terminal.written.err) };
}

const json = async (files: Record<string, string | undefined>, asked: Asked) =>
  JSON.parse((await simulated(files, { ...asked, json: true })).out) as {
    acts: { settled: boolean; groups: { servedBy: string[]; unservedMs: number; twiceMs: number }[] }[];
    assumptions: string[];
  };

const page = (): string => readFileSync(new URL("../../../../docs/simulate.md", import.meta.url), "utf8");

describe("what would happen", () => {
  it("has options that docs/simulate.md explains, and no others", async () => {
    const terminal = recordingTerminal();
    await runCommandLine(["simulate", "--help"], terminal);
    const options = new Set(terminal.written.out.match(/--[a-z][a-z-]+/g));
    options.delete("--help");
    const explained = new Set(page().match(/--[a-z][a-z-]+/g));
    expect(options.size).toBeGreaterThan(10);
    expect([...explained].toSorted()).toEqual([...options].toSorted());
  });

  it("when the daemon that serves is killed is what docs/simulate.md shows", async () => {
    const { exitCode, out, err } = await simulated({}, { steps: ["kill master"] });
    expect([exitCode, err]).toEqual([0, ""]);
    const [, shown] = /```text\n\$ systole simulate --kill master\n([\s\S]*?)```/.exec(page()) ?? [];
    expect(out).toBe(shown);
  });

  it("with three nodes is told the same way, and two deaths are survived", async () => {
    const { acts } = await json({ "ha.cf": THREE }, { steps: ["kill master", "power-off cluster1@30"] });
    expect(acts.map(({ settled }) => settled)).toEqual([true, true]);
    expect(acts.map(({ groups }) => groups[0]?.servedBy)).toEqual([["cluster2"], ["master"]]);
    expect(acts[0]?.groups[0]?.unservedMs).toBeGreaterThan(2000);
    expect(acts[0]?.groups[0]?.unservedMs).toBeLessThan(20_000);
  });

  it("when a cable is cut and nobody breaks the tie is that two serve, until it is mended", async () => {
    const { acts } = await json({ "ha.cf": ALONE }, { steps: ["cut master,cluster1"] });
    expect(acts[0]?.groups[0]).toMatchObject({ servedBy: ["master", "cluster1"], unservedMs: 0 });
    expect(acts[0]?.groups[0]?.twiceMs).toBeGreaterThan(1000);
    expect(acts[1]?.groups[0]?.servedBy).toEqual(["master"]);
  });

  it.each(["cut master,cluster1", "isolate master"])("with a witness: never two after %s", async (step) => {
    const { acts } = await json({ "ha.cf": ALONE, "systole.yaml": WITNESS }, { steps: [step] });
    expect(acts.map(({ groups }) => groups[0]?.twiceMs)).toEqual([0, 0]);
    expect(acts[0]?.groups[0]?.servedBy).toEqual([step.startsWith("cut") ? "master" : "cluster1"]);
  });

  it("with a fence device: the other one is off before anything starts", async () => {
    const { out } = await simulated({ "systole.yaml": FENCING }, { steps: ["freeze master"] });
    expect(out).toContain("assumed: meatware: simulated as one switch that works");
    expect(out.indexOf("knows that master is off")).toBeGreaterThan(0);
    expect(out.indexOf("has started nginx")).toBeGreaterThan(out.indexOf("knows that master is off"));
    expect(out).not.toContain("served by two");
  });

  it("after standby and stop is that the other node serves, with a short gap", async () => {
    for (const step of ["standby master", "stop master"]) {
      const { acts } = await json({}, { steps: [step] });
      expect(acts.map(({ groups }) => groups[0]?.servedBy)).toEqual([["cluster1"], ["master"]]);
      expect(acts[0]?.groups[0]?.unservedMs).toBeLessThan(2000);
    }
  });
});

describe("random lives", () => {
  it("are the same for the same seed, and say how to see the worst one again", async () => {
    const asked = { lives: 3, seed: 4 };
    const [one, other] = [await simulated({}, asked), await simulated({}, asked)];
    expect(one).toEqual(other);
    expect(one.exitCode).toBe(0);
    expect(one.out).toMatch(/^3 lives, .* of cluster time, \d+ misfortunes$/m);
    const [again = "", seed = "", options = ""] =
      /again: systole simulate --seed (\d+) --lives 1 --verbose(.*)$/m.exec(one.out) ?? [];
    expect([again, options]).not.toContain("");
    const shown = await simulated({}, { lives: 1, seed: Number(seed), verbose: true });
    const worst = /^Worst outage .*?: (\S+ for [^,]*)/m.exec(one.out)?.[1] ?? "nothing";
    expect(shown.out).toContain(worst);
    expect(shown.out).toContain("is served by nobody");
  });

  it("find two owners where nothing is around, and say what would prevent them", async () => {
    const { exitCode, out } = await simulated({ "ha.cf": ALONE }, { lives: 12, seed: 1 });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Two owners in \d+ of 12 lives; the longest: \S+ for/);
    expect(out).toContain("docs/witness.md");
  });

  it("last as many hours as are asked for", async () => {
    const { out } = await simulated({}, { hours: 0.1, seed: 1, json: true });
    const { lives, simulatedMs } = JSON.parse(out) as { lives: number; simulatedMs: number };
    expect(lives).toBeGreaterThan(0);
    expect(simulatedMs).toBeGreaterThanOrEqual(360_000);
  });

  it("tell what is known so far when they are interrupted, and how far they are", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 300);
    const { exitCode, out, err } = await simulated(
      {},
      { lives: 100_000, seed: 1, signal: abort.signal, isLive: true },
    );
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Interrupted; so far:\n\d+ (life|lives), /);
    expect(err).toMatch(/\r0 %: 1 lives, .*Ctrl-C ends it/);
  });
});

describe("what cannot be simulated", () => {
  it.each<readonly [Asked, string]>([
    [{ steps: ["kill mastre"] }, "there is no such name; write one of master, cluster1\n"],
    [{ steps: ["cut master,10.10.180.2"] }, "write one of master, cluster1, 10.10.180.1, users\n"],
    [{ steps: ["kill master"], lives: 3 }, "--lives is for random misfortunes; leave it out, or --kill\n"],
    [{ steps: ["kill master", "stop master"] }, "--kill comes before"],
  ])("%j is refused", async (asked, sentence) => {
    const { exitCode, out, err } = await simulated({}, asked);
    expect([exitCode, out]).toEqual([64, ""]);
    expect(err).toContain(sentence);
  });

  it("is a configuration with errors, which are shown as `systole check` shows them", async () => {
    const { exitCode, out, err } = await simulated({ "ha.cf": QUICK.replace("keepalive", "keepalve") }, {});
    expect([exitCode, out]).toEqual([6, ""]);
    expect(err).toContain('ha.cf:4:1: error: there is no directive "keepalve"; did you mean "keepalive"?');
    expect(err).toContain("systole: nothing is simulated, the configuration has ");
  });

  it("is a cluster without groups", async () => {
    const { exitCode, err } = await simulated({ haresources: "# nothing yet\n" }, {});
    expect(exitCode).toBe(6);
    expect(err).toContain("there is no group, and so nothing to simulate");
  });
});
