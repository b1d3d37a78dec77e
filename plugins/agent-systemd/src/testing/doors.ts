/** What `systemctl` prints, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { parseShow } from "../systemctl.js";

export const doors = [
  {
    name: "systemctl-show",
    promise: "a word for each property that is looked at, empty where there is none",
    words: ["LoadState=", "ActiveState=active\n", "=", "\n"],
    seeds: ["LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nDescription=a=b\n"],
    feed(bytes: Uint8Array): string {
      const state = parseShow(Buffer.from(bytes).toString("utf8"));
      assert.ok(Object.values(state).every((value) => typeof value === "string" && !value.includes("\n")));
      return `${state.load !== ""} ${state.active !== ""}`;
    },
  },
];
