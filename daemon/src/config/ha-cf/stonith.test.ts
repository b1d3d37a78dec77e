import { describe, expect, it } from "vitest";
import { Problems } from "../problem.js";
import { parseHaCf } from "./parse.js";
import { checkStonith, stonithPlugin } from "./stonith.js";

/** What `self` gets of these lines, and every problem about them. */
function read(self: string, ...lines: readonly string[]) {
  const { value, problems } = parseHaCf(["node master cluster1", "bcast eth0", ...lines].join("\n"), "ha.cf");
  const found = new Problems("ha.cf");
  checkStonith(self, value, ["witness"], found);
  const all = [...problems, ...found.found].map(({ severity, code, line }) => `${line} ${severity} ${code}`);
  return { plugin: stonithPlugin(self, value), problems: all };
}

const device = (settings: object) => ({
  use: "fence-stonith",
  with: { devices: { stonith: { from: "*", ...settings } } },
});

describe("stonith and stonith_host", () => {
  it("become a device of fence-stonith", () => {
    expect(read("master", "stonith apcmaster /etc/ha.d/apc")).toEqual({
      plugin: device({ type: "apcmaster", configFile: "/etc/ha.d/apc" }),
      problems: [],
    });
    expect(read("master", "stonith_host * external/ssh  master cluster1 # both")).toEqual({
      plugin: device({ type: "external/ssh", parameters: "master cluster1" }),
      problems: [],
    });
  });

  it("keep parameters as they are written, commas and repeated words too", () => {
    const { plugin } = read("master", "stonith_host master apc  apc,1  apc");
    expect(plugin).toEqual(device({ type: "apc", parameters: "apc,1  apc" }));
  });

  it("count for the node that they name, in capitals too, and for nobody else", () => {
    const line = "stonith_host MASTER null cluster1";
    expect(read("master", line).plugin).toEqual(device({ type: "null", parameters: "cluster1" }));
    expect(read("cluster1", line)).toEqual({ plugin: undefined, problems: ["3 warning stonith.not-here"] });
  });

  it("count once: the last line that applies, with a warning about the others", () => {
    const lines = ["stonith null /etc/ha.d/null", "stonith_host * ssh a", "stonith_host other apc x"];
    expect(read("master", ...lines)).toEqual({
      plugin: device({ type: "ssh", parameters: "a" }),
      problems: ["3 warning stonith.replaced"],
    });
  });

  it.each([
    ["stonith", "3 error stonith.incomplete"],
    ["stonith apc", "3 error stonith.incomplete"],
    ["stonith apc /etc/apc more", "3 error stonith.incomplete"],
    ["stonith apc etc/apc", "3 error path.relative"],
    ["stonith_host *", "3 error stonith.incomplete"],
    ["stonith_host * ../../bin/sh x", "3 error stonith.invalid-type"],
  ])("%s is an error", (line, problem) => {
    expect(read("master", line)).toEqual({ plugin: undefined, problems: [problem] });
  });
});
