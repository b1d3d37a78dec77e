// The walk-through, as a test: the six acts on its own three files. Who must answer is asserted, how fast is the bench's affair.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTS } from "./acts.js";
import { NODE_NAMES } from "./cluster-files.js";
import { closeLab, describeInLab, implementationUnderTest, runNamedAct, statusOf } from "./in-lab.js";
import { Lab } from "./lab.js";
import { processesIn, pidNamespace } from "./processes.js";

const implementation = implementationUnderTest();

describeInLab(`two nodes, one address, nginx: ${implementation}`, () => {
  let lab: Lab;
  let namespaces: (string | undefined)[] = [];

  beforeAll(async () => {
    lab = await Lab.open({ implementation });
    namespaces = NODE_NAMES.map((name) => pidNamespace(lab.node(name).host.pid));
  });

  it("has hosts that are named and addressed as in the walk-through", async () => {
    for (const name of NODE_NAMES) {
      const { host } = lab.node(name);
      expect((await host.must(["uname", "-n"])).trim()).toBe(name);
      const addresses = JSON.parse(
        await host.must(["ip", "-json", "address", "show", "dev", "eth0"]),
      ) as unknown;
      expect(JSON.stringify(addresses)).toContain(name === "master" ? "10.10.180.221" : "10.10.180.222");
    }
    expect(lab.holders.now()).toEqual([]);
  });

  for (const { id, title } of ACTS) {
    it(`${title}`, async () => {
      const result = await runNamedAct(lab, id);
      expect(result.reason).toBeUndefined();
      expect(result.answeredBy.at(-1)).toBe(result.expected);
    });
  }

  it("gives the address the label that haresources says", async () => {
    const [holder] = lab.reachableHolders();
    const shown = await lab
      .node(holder ?? "master")
      .host.must(["ip", "-oneline", "address", "show", "dev", "eth0"]);
    const line = shown.split("\n").find((text) => text.includes("10.10.180.220/24"));
    expect(line).toContain("eth0:0");
  });

  it.runIf(implementation === "systole")("says so in its status", async () => {
    const [holder] = lab.reachableHolders();
    for (const name of NODE_NAMES) {
      const status = await statusOf(lab, name);
      expect(status.node).toBe(name);
      expect(status.groups.map((group) => group.owner)).toEqual([holder]);
    }
  });

  it("leaves nothing behind", async () => {
    expect(await lab.close()).toEqual([]);
    for (const namespace of namespaces) {
      expect(namespace).toBeDefined();
      expect(processesIn(namespace ?? "")).toEqual([]);
    }
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
