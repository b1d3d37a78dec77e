/** What init scripts print, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { heartbeatConvention, lsbConvention } from "../status-rule.js";

const STATES = new Set(["running", "stopped", "failed"]);

export const doors = [
  {
    name: "script-status",
    promise: "a state; both conventions agree wherever the script says one of heartbeat's words",
    words: ["running", "NOT running", "OK", "Running", "not Running"],
    seeds: ["nginx is running", "nginx is not running", "dead"],
    feed(bytes: Uint8Array): string {
      const output = Buffer.from(bytes).toString("utf8");
      const state = heartbeatConvention(output, 0);
      assert.ok(STATES.has(state) && STATES.has(lsbConvention(output, 1)));
      if (state === "running") assert.equal(lsbConvention(output, 3), "running");
      return `${state} ${lsbConvention(output, 0)}`;
    },
  },
];
