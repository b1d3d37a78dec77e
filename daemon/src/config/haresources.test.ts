import { describe, expect, it } from "vitest";
import { SEED_HA_RESOURCES } from "../testkit/seed-files.js";
import { parseHaResources } from "./haresources.js";

function groupsOf(text: string): string[][] {
  return parseHaResources(text, "haresources").value.map(({ node, resources }) => [
    node.text,
    ...resources.map((resource) => resource.text),
  ]);
}

function problemsOf(text: string): string[] {
  return parseHaResources(text, "haresources").problems.map(
    ({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`,
  );
}

describe("parseHaResources", () => {
  it("reads the seed's file", () => {
    expect(groupsOf(SEED_HA_RESOURCES)).toEqual([["master", "10.10.180.220/24/eth0:0", "nginx"]]);
    expect(problemsOf(SEED_HA_RESOURCES)).toEqual([]);
  });

  it("joins continued lines and keeps the places", () => {
    const text =
      "# all of it\nMaster 10.0.0.1 \\\n\tFilesystem::/dev/sda1::/data\\\n  nginx # web\n\nother IPaddr::10.0.0.2/24/eth0\n";
    expect(groupsOf(text)).toEqual([
      ["master", "10.0.0.1", "Filesystem::/dev/sda1::/data", "nginx"],
      ["other", "IPaddr::10.0.0.2/24/eth0"],
    ]);
    const [first] = parseHaResources(text, "haresources").value;
    expect(first?.resources.map(({ line, column }) => [line, column])).toEqual([
      [2, 8],
      [3, 2],
      [4, 3],
    ]);
  });

  it("takes CR LF and a byte order mark", () => {
    expect(groupsOf("\uFEFFmaster 10.0.0.1 \\\r\n nginx\r\n")).toEqual([["master", "10.0.0.1", "nginx"]]);
  });

  it("ends at a backslash on the last line", () => {
    expect(groupsOf("master 10.0.0.1 \\")).toEqual([["master", "10.0.0.1"]]);
  });

  it.each([
    ["", "0:0 warning haresources.empty"],
    ["# nothing\n", "0:0 warning haresources.empty"],
    ["master\n", "1:1 error haresources.no-resource"],
    ["master 10.0.0.1 nginx\nother 10.0.0.1 x\n", "2:7 error haresources.key-repeated"],
    ["master 10.0.0.1 nginx\nother 10.0.0.2 nginx\n", "2:16 error haresources.resource-repeated"],
    ["master 10.0.0.1 nginx nginx\n", "1:23 error haresources.resource-repeated"],
    ["master 10.0.0.1 \\ \n", "1:17 warning haresources.stray-backslash"],
    ["master 10.0.0.1 \\ # why\n", "1:17 error haresources.stray-backslash"],
    ["master a\\ b\n", "1:8 error haresources.stray-backslash"],
    ["master 10.0.0.1 \u0007\n", "1:17 error file.control-character"],
    [
      `master ${Array.from({ length: 65 }, (_, index) => `r${index}`).join(" ")}\n`,
      "1:254 error haresources.too-many",
    ],
  ])("%j", (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it("bounds the number of groups", () => {
    const text = Array.from({ length: 300 }, (_, index) => `master r${index}`).join("\n");
    expect(groupsOf(text)).toHaveLength(256);
    expect(problemsOf(text)).toEqual(["257:1 error haresources.too-many"]);
  });
});
