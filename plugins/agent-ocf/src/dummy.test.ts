// Does an agent of Debian's package, unmodified, keep the contract of resource agents?
import { rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NodeProcesses } from "@systole/core/node";
import { caseApplies, contractFor, RecordingLogger, runCase } from "@systole/sdk/testkit";
import { describe, expect, it } from "vitest";
import { OcfAgent } from "./ocf-agent.js";
import { hasPackage, openOcfRoom } from "./testing/ocf-room.js";

const contract = contractFor("resource-agent");

describe.runIf(hasPackage)("ocf:heartbeat:Dummy", () => {
  it.each(contract.cases.filter((one) => caseApplies(one, ["broken", "crash", "probe"])))(
    "$id: $name",
    async (contractCase) => {
      const room = await openOcfRoom();
      const state = join(room.directory, "dummy.state");
      const result = await runCase(contract, contractCase, {
        open: () => ({
          agent: new OcfAgent(room.config, new NodeProcesses(), new RecordingLogger()),
          resource: room.packaged("Dummy", { state }),
          broken: room.packaged("Dummy", { state: "/proc/no/such/place" }),
          crash: () => rm(state),
          probe: () => Promise.resolve(existsSync(state)),
        }),
        close: () => room.close(),
        timeoutMs: 20_000,
      });
      expect(result).toMatchObject({ outcome: "passed" });
    },
  );
});
