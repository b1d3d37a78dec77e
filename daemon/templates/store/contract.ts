// What the contract of stores is run on: a fresh directory for each case, and what a power cut would leave in it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameStore } from "./template-name.js";

let directory: string;

export default defineSubjects({
  subjects: {
    store: {
      "template-name": {
        async open() {
          directory = await mkdtemp(join(tmpdir(), "template-name-"));
          return {
            open: () => new TemplateNameStore(directory),
            tear: (name, bytes) =>
              writeFile(join(directory, `${name}.1.new`), bytes.subarray(0, bytes.length >> 1)),
          };
        },
        close: () => rm(directory, { recursive: true }),
      },
    },
  },
});
