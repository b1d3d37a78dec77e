import { expect, it } from "vitest";
import { readOldOptions } from "./old-options.js";

it("reads letters and values wherever they stand", () => {
  expect(readOldOptions("x", ["a", "-mv", "b", "-pname", "-p", "other", "--", "-z"], "mvp:")).toEqual({
    letters: ["m", "v"],
    values: { p: "other" },
    parameters: ["a", "b", "-z"],
    complaints: [],
  });
});

it("complains as the C library does", () => {
  expect(readOldOptions("x", ["-q", "-p"], "mp:").complaints).toEqual([
    "x: invalid option -- 'q'",
    "x: option requires an argument -- 'p'",
  ]);
});
