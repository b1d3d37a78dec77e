// Holds the plugin against the contract of its port, case by case, as `systole plugin test` does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runSubjects } from "@systole/sdk/testkit";
import subjects from "./contract.js";

for (const { port, name, results } of await runSubjects(subjects))
  for (const { name: sentence, outcome, reason } of results)
    test(`${port} ${name} ${sentence}`, { skip: outcome === "not-applicable" && reason }, () => {
      assert.equal(outcome, "passed", reason);
    });
