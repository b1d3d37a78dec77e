// Does the agent keep the contract of its port: from cold, with the parameter warm, and on an nginx that is warm already?
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import { resourceAgentContract } from "@systole/sdk/testkit";
import { describe, expect, test } from "vitest";
import { agentOnSite, stopped } from "./testing/agent-on-site.js";
import { mayUseNginx, page } from "./testing/nginx-site.js";

const on = agentOnSite(new NodeProcesses(), new NodeClock());
const WARM = { warm: "true" };
const cases = resourceAgentContract.filter(({ needs }) => needs !== "announce");

/** Of those that begin with an nginx that was never started; the probe asks nginx, which may answer while it is warm. */
const ON_A_WARM_ONE = ["status-before-start", "start-again", "aborted-start", "stop-after-crash"];

async function verdict(
  contractCase: (typeof cases)[number],
  parameters: Readonly<Record<string, string>> = {},
): Promise<void> {
  const broken = join(on.site.directory, "broken.conf");
  await writeFile(broken, "events {} nonsense;");
  await contractCase.run({
    agent: on.agent,
    resource: on.resource(parameters),
    broken: { name: "broken", args: [broken], parameters },
    crash: async () => void (await on.orphanWorkers()),
    probe: async () => (await page(on.site.port)) === "hello\n",
  });
}

describe.runIf(mayUseNginx)("the contract", () => {
  test.each(cases)("$id: $name", async (contractCase) => {
    await expect(verdict(contractCase)).resolves.toBeUndefined();
  });
});

describe.runIf(mayUseNginx)("the contract with warm", () => {
  test.each(cases)("$id: $name", async (contractCase) => {
    await expect(verdict(contractCase, WARM)).resolves.toBeUndefined();
  });
});

describe.runIf(mayUseNginx)("the contract on an nginx that is warm", () => {
  const applicable = cases.filter(({ id }) => ON_A_WARM_ONE.includes(id));

  test("has the cases that are meant", () => expect(applicable).toHaveLength(ON_A_WARM_ONE.length));

  test.each(applicable)("$id: $name", async (contractCase) => {
    expect(await on.warm(WARM)).toEqual(stopped);
    await expect(verdict(contractCase, WARM)).resolves.toBeUndefined();
  });
});
