// One configuration: unit tests run from source beside the code, the labs on real hosts, by scripts/labs.mjs and scripts/safety.mjs.
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/src/longest-first.ts";

// Not `import`: it would reach Node too, which then gives a package that is required the module that is imported.
const conditions = ["@systole/source", "node"];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: [
            "{core,sdk,witness,sim,daemon}/src/**/*.test.ts",
            "plugins/*/src/**/*.test.ts",
            "test/src/{unit,tidy,sim,scenarios,fuzz,placement}/**/*.test.ts",
          ],
          testTimeout: 20_000,
        },
      },
      {
        ...shared,
        test: {
          // Functions where they run: on Node, on the loop of a Lambda runtime, in workerd. Everything on 127.0.0.1.
          name: "hosts",
          include: ["test/src/hosts/**/*.hosts.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "lab",
          include: ["test/src/lab/**/*.lab.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: "safety",
          include: ["test/src/lab/safety/*.safety.ts"],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          // What keeps the whole machine busy: run when everything else has ended.
          name: "safety-alone",
          include: ["test/src/lab/safety/*.safety-alone.ts"],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: "interop",
          include: ["test/src/{interop,placement}/**/*.interop.ts"],
          globalSetup: ["test/src/interop/collect.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
