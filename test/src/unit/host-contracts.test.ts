// The contracts that apply to what the host itself brings: core knows no testkit, so they are run here.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore } from "@systole/core/node";
import { contractFor, runContract } from "@systole/sdk/testkit";
import { expect, it } from "vitest";

it("the store on a directory keeps the contract of stores, a torn write included", async () => {
  const directories: string[] = [];
  const results = await runContract(contractFor("store"), {
    open: async () => {
      const directory = await mkdtemp(join(tmpdir(), "systole-store-"));
      directories.push(directory);
      return {
        open: () => new FileStore(directory),
        // A power cut after the file has its name and before it has its contents.
        tear: async (name, bytes) => {
          await new FileStore(directory).write(name, bytes);
          await writeFile(join(directory, name), bytes.subarray(0, 1));
        },
      };
    },
    close: () => rm(directories.at(-1) ?? "", { recursive: true }),
  });
  expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
});
