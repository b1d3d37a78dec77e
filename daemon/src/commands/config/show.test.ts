import { afterEach, expect, it } from "vitest";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { makeHaDirectory, makeWholeDirectory, SEED_SYSTOLE_YAML, seedMachine, type HaDirectory } from "../../testkit/seed-files.js"; // prettier-ignore
import { showConfig } from "./show.js";

let made: HaDirectory | undefined;
afterEach(() => made?.remove());

/** Rows without their padding. */
function show(directory: HaDirectory): readonly string[] {
  made = directory;
  const terminal = recordingTerminal();
  expect(showConfig({ haDir: directory.path }, terminal, seedMachine())).toBe(0);
  expect(terminal.written.out).not.toContain("Hello!");
  return terminal.written.out.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
}

it("tells lines of systole.yaml, the preset, and defaults", () => {
  const rows = show(makeWholeDirectory(SEED_SYSTOLE_YAML.replace("timings: { keepalive: 2s, deadtime: 30s, warntime: 10s, initdead: 120s }", "preset: vm\ntimings: { deadtime: 8s }"))); // prettier-ignore
  expect(rows).toEqual(
    expect.arrayContaining([
      "timings.keepalive | 500ms | preset vm",
      "timings.deadtime | 8s | systole.yaml:3",
      "nodes.master | this node | systole.yaml:5",
      "media.unicast | eth0 10.10.180.222 port 694 | systole.yaml:8",
      "groups.web.resources | nginx (nginx) | systole.yaml:13",
      "defaults.failback | auto | systole.yaml:15",
      "policy | haresources | default",
    ]),
  );
});

it("tells lines of the three files", () => {
  const rows = show(makeHaDirectory({ "systole.yaml": "isolation: hold\n" }));
  expect(rows).toEqual(
    expect.arrayContaining([
      "timings.deadtime | 30s | ha.cf:5",
      "timings.deadping | 30s | as deadtime",
      "groups.10.10.180.220/24/eth0:0.prefer | master | haresources:1",
      "isolation | hold | systole.yaml:1",
    ]),
  );
});

it("shows the problems of a configuration that is wrong", () => {
  made = makeWholeDirectory("nodes: 1\n");
  const terminal = recordingTerminal();
  expect(showConfig({ haDir: made.path }, terminal, seedMachine())).toBe(6);
  expect(terminal.written.err).toContain("yaml.invalid-value");
});
