import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, SEED_HA_CF, seedMachine, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig } from "./load-config.js";

const made: HaDirectory[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) directory.remove();
});

interface Case {
  readonly keepalive?: string;
  readonly deadtime?: string;
  readonly systoleYaml?: string;
  readonly haresources?: string;
}

/** What the address agent is told, and `file code` of every problem. */
function lease({ keepalive = "500ms", deadtime = "3", systoleYaml, haresources }: Case) {
  const haCf = SEED_HA_CF.replace("keepalive 2", `keepalive ${keepalive}`)
    .replace("deadtime 30", `deadtime ${deadtime}`)
    .replace("warntime 10\n", "");
  const directory = makeHaDirectory({
    "ha.cf": haCf,
    ...(systoleYaml !== undefined && { "systole.yaml": systoleYaml }),
    ...(haresources !== undefined && { haresources }),
  });
  made.push(directory);
  const { model, problems } = loadConfig({ haDirectory: directory.path, machine: seedMachine() });
  return {
    told: model?.plugins.find(({ use }) => use === "agent-ipaddr")?.with,
    problems: problems.map(({ severity, code }) => `${severity} ${code}`),
    text: problems.map(({ message }) => message).join("\n"),
    places: problems.map(({ file, line }) => `${file.split("/").at(-1)}:${line}`),
  };
}

describe("the guard of addresses", () => {
  it.each([
    ["2", "30", 27_800],
    ["100ms", "1", 700],
    ["100ms", "500ms", 300],
    ["100ms", "375ms", 200],
    ["50ms", "300ms", 190],
    ["20ms", "110ms", 40],
  ])(
    "with keepalive %s and deadtime %s removes them after %i ms of silence",
    (keepalive, deadtime, guardMs) => {
      const { told, problems } = lease({ keepalive, deadtime });
      expect(problems).toEqual([]);
      expect(told).toMatchObject({ guardMs });
    },
  );

  it.each([
    ["100ms", "374ms", "375ms"],
    ["50ms", "199ms", "200ms"],
    ["20ms", "109ms", "110ms"],
    ["500ms", "1699ms", "1700ms"],
  ])(
    "is none with keepalive %s and deadtime %s, and check says how it could be",
    (keepalive, deadtime, least) => {
      const { told, problems, text, places } = lease({ keepalive, deadtime });
      expect(problems).toEqual(["warning deadtime.no-lease"]);
      expect(places).toEqual(["ha.cf:5"]);
      expect(text).toContain(
        `write \`deadtime ${least}\` or more, or \`addresses: { lease: off, guard: off }\``,
      );
      expect(told).not.toHaveProperty("guardMs");
      expect(lease({ keepalive, deadtime: least }).told).toHaveProperty("guardMs");
    },
  );

  it("can be left off", () => {
    expect(lease({ systoleYaml: "addresses: { guard: off }\n" }).told).not.toHaveProperty("guardMs");
    expect(lease({ systoleYaml: "addresses: { guard: auto }\n" }).told).toMatchObject({ guardMs: 2300 });
    expect(lease({ systoleYaml: "addresses: { guard: 2s }\n" }).text).toContain("write `auto` or `off`");
  });
});

describe("the lease of addresses", () => {
  it.each([
    ["500ms", "3", 1000],
    ["500ms", "2700ms", 1000],
    ["100ms", "2300ms", 1000],
    ["100ms", "4", 2000],
    ["1", "30", 27_000],
    ["2", "30", 26_000],
    ["1", "4200ms", 2000],
  ])("with keepalive %s and deadtime %s is %i ms", (keepalive, deadtime, leaseMs) => {
    const { told, problems } = lease({ keepalive, deadtime });
    expect(problems).toEqual([]);
    expect(told).toMatchObject({ leaseMs });
  });

  it.each([
    ["100ms", "1", "2300ms"],
    ["500ms", "2600ms", "2700ms"],
    ["1", "4100ms", "4200ms"],
  ])(
    "is none with keepalive %s and deadtime %s, and without a guard check says how it could be",
    (keepalive, deadtime, least) => {
      const systoleYaml = "addresses: { guard: off }\n";
      const { told, problems, text, places } = lease({ keepalive, deadtime, systoleYaml });
      expect(problems).toEqual(["warning deadtime.no-lease"]);
      expect(places).toEqual(["ha.cf:5"]);
      expect(text).toContain(
        `write \`guard: auto\` below \`addresses\` in systole.yaml, or \`deadtime ${least}\` or more`,
      );
      expect(told).not.toHaveProperty("leaseMs");
      expect(lease({ keepalive, deadtime }).problems).toEqual([]);
    },
  );

  it("is nobody's business without addresses", () => {
    expect(lease({ deadtime: "300ms", keepalive: "100ms", haresources: "master nginx\n" }).problems).toEqual(
      [],
    );
  });

  it("can be left off, and can be shorter than it might be", () => {
    const off = lease({
      deadtime: "1",
      keepalive: "100ms",
      systoleYaml: "addresses: { lease: off, guard: off }\n",
    });
    expect(off).toMatchObject({ told: { deadMs: 1000 }, problems: [] });
    expect(off.told).not.toHaveProperty("leaseMs");
    const written = lease({ deadtime: "10", systoleYaml: "addresses: { lease: 2s }\n" });
    expect(written).toMatchObject({ told: { leaseMs: 2000, deadMs: 10_000 }, problems: [] });
    expect(lease({ systoleYaml: "addresses: { lease: auto }\n" })).toMatchObject({ told: { leaseMs: 1000 } });
  });

  it.each([
    ["2s", "3", /is too long for deadtime \(3 s\).*write `1s`, or `auto`/u],
    ["1500ms", "10", /is not a number of whole seconds.*write `8s`, or `auto`/u],
    ["1s", "2", /is too long for deadtime \(2 s\).*write `off`, or in ha\.cf `deadtime 2700ms` or more/u],
  ])("of %s with deadtime %s is an error", (written, deadtime, message) => {
    const { told, problems, text, places } = lease({
      deadtime,
      systoleYaml: `addresses: { lease: ${written} }\n`,
    });
    expect(problems).toEqual(["error lease.does-not-fit"]);
    expect(places).toEqual(["systole.yaml:1"]);
    expect(text).toMatch(message);
    expect(told).toBeUndefined();
  });

  it("shorter than two signs of life would be lost again and again", () => {
    const { text } = lease({
      keepalive: "1",
      deadtime: "30",
      systoleYaml: "addresses: { lease: 1s }\n",
    });
    expect(text).toMatch(/shorter than twice keepalive \(1 s\).*write `27s`/u);
  });

  it.each(["addresses: { lease: yes }", "addresses: { lease: 500ms }", "addresses: { lease: 2 }"])(
    "is not understood as %s",
    (systoleYaml) => {
      expect(lease({ systoleYaml }).text).toMatch(
        /`addresses\.lease` is .*write `auto`, `off`, or a time in whole seconds such as `2s`/u,
      );
    },
  );
});
