// What may differ between two ha.cf: how the nodes talk, how they sign, and whether a returning node gets its groups back.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Variant } from "./cluster-files.js";
import { closeLab, describeInLab, joined, runNamedAct, settledOn } from "./in-lab.js";
import { Lab } from "./lab.js";

const VARIANTS: readonly (readonly [name: string, variant: Variant])[] = [
  ["bcast", { medium: "bcast" }],
  ["mcast", { medium: "mcast" }],
  ["crc", { auth: "crc" }],
  ["sha1", { auth: "sha1" }],
];

for (const [name, variant] of VARIANTS) {
  describeInLab(`with ${name}`, () => {
    let lab: Lab;

    beforeAll(async () => {
      lab = await Lab.open({ implementation: "systole", variant });
    });

    for (const id of ["cold-start", "stop", "failback", "cable-pulled", "cable-back"] as const) {
      it(`${id}`, async () => {
        expect((await runNamedAct(lab, id)).reason).toBeUndefined();
      });
    }

    afterAll(async () => {
      await closeLab(lab);
    });
  });
}

describeInLab("with auto_failback off", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({ implementation: "systole", variant: { autoFailback: "off" } });
  });

  it("starts on the node of haresources and moves when its daemon stops", async () => {
    expect((await runNamedAct(lab, "cold-start")).reason).toBeUndefined();
    expect((await runNamedAct(lab, "stop")).reason).toBeUndefined();
  });

  it("stays where it is when that node returns", async () => {
    await lab.node("master").start();
    await joined(lab, "master");
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
  });

  it("moves the other way round when the other daemon stops", async () => {
    expect(await lab.node("cluster1").stop()).toBe(0);
    expect(await settledOn(lab, "master")).toBe("master");
  });

  it("moves the other way round when the other cable is pulled", async () => {
    await lab.node("cluster1").start();
    await joined(lab, "cluster1");
    expect(await settledOn(lab, "master")).toBe("master");
    expect(await lab.node("master").stop()).toBe(0);
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
    await lab.node("master").start();
    await joined(lab, "master");
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
    await lab.pullCable("cluster1");
    expect(await settledOn(lab, "master")).toBe("master");
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
