import { describe, expect, it } from "vitest";
import { parseHaCf } from "./parse.js";

function parse(lines: string) {
  const { value, problems } = parseHaCf(`${lines}\nnode a b\n`, "ha.cf");
  return {
    devices: value.serialPorts.map(({ device }) => device),
    baud: value.baud,
    problems: problems.map(({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`),
  };
}

describe("serial", () => {
  it("names ports, also several in a line, and is a medium by itself", () => {
    expect(parse("serial /dev/ttyS0 /dev/ttyS1,/dev/ttyUSB0 # cables")).toEqual({
      devices: ["/dev/ttyS0", "/dev/ttyS1", "/dev/ttyUSB0"],
      baud: 19_200,
      problems: [],
    });
  });

  it("has one speed for all ports, above or below them", () => {
    expect(parse("baud 9600\nserial /dev/ttyS0").baud).toBe(9600);
    expect(parse("serial /dev/ttyS0\nbaud 115200").baud).toBe(115_200);
  });

  it("says what is wrong, and where", () => {
    expect(parse("serial").problems).toEqual(["1:1 error medium.incomplete", "0:0 error medium.none"]);
    expect(parse("serial ttyS0").problems).toEqual(["1:8 error path.relative", "0:0 error medium.none"]);
    expect(parse("serial /dev/ttyS0\nserial /dev//ttyS0").problems).toEqual(["2:8 warning medium.duplicate"]);
    for (const rate of ["19201", "300", "fast", "-9600", "0x2580"])
      expect(parse(`baud ${rate}\nserial /dev/ttyS0`).problems).toEqual(["1:6 error baud.invalid"]);
    expect(parse("baud 9600\nbaud 19200\nserial /dev/ttyS0").problems).toEqual([
      "2:1 warning directive.repeated",
    ]);
  });

  it("is bounded", () => {
    const ports = Array.from({ length: 65 }, (_, index) => `/dev/ttyS${index}`);
    const { devices, problems } = parse(`serial ${ports.join(" ")}`);
    expect(devices).toHaveLength(64);
    expect(problems).toEqual([expect.stringContaining("error medium.too-many")]);
  });
});
