// What the contract of resource agents is run on: a fresh agent and a fresh directory for each case.
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameAgent } from "./template-name.js";

let directory: string;

export default defineSubjects({
  subjects: {
    "resource-agent": {
      "template-name": {
        async open() {
          directory = await mkdtemp(join(tmpdir(), "template-name-"));
          const path = join(directory, "file");
          return {
            agent: new TemplateNameAgent({ directory }),
            resource: { name: "template-name", args: [], parameters: { file: "file" } },
            broken: { name: "broken", args: [], parameters: { file: "no/such/directory" } },
            /** Ends the service behind the agent's back. */
            crash: () => rm(path),
            /** Looks without asking the agent. */
            probe: () =>
              access(path).then(
                () => true,
                () => false,
              ),
          };
        },
        close: () => rm(directory, { recursive: true }),
      },
    },
  },
});
