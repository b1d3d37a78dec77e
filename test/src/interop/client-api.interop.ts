// heartbeat's own `cl_status` and `ipfail`, unmodified, against Systole: the same words and exit codes as against heartbeat.
import { beforeAll, describe, expect, it } from "vitest";
import { NODE_NAMES, type NodeName } from "../lab/cluster-files.js";
import { askAll, CL_STATUS, questions, type Answered } from "../lab/client-api.js";
import { closeLab, describeInLab, openStarted } from "../lab/in-lab.js";
import type { Lab } from "../lab/lab.js";
import { LAUNCHER, type Implementation } from "../lab/programs.js";

const OWN_CL_STATUS = [process.execPath, LAUNCHER, "compat", "cl_status"] as const;

/** Opens a cluster of one implementation, asks everything on both nodes, and ends it. */
async function answersOf(
  implementation: Implementation,
  programs: Readonly<Record<string, readonly string[]>>,
): Promise<Readonly<Record<string, Readonly<Record<NodeName, readonly Answered[]>>>>> {
  let lab: Lab | undefined;
  try {
    lab = await openStarted({ implementation });
    const all: Record<string, Record<NodeName, readonly Answered[]>> = {};
    for (const [name, program] of Object.entries(programs)) {
      const [master, cluster1] = await Promise.all(
        NODE_NAMES.map((node) => askAll(lab as Lab, node, program)),
      );
      all[name] = { master: master ?? [], cluster1: cluster1 ?? [] };
    }
    return all;
  } finally {
    await closeLab(lab);
  }
}

describeInLab("programs of heartbeat", () => {
  let expected: Readonly<Record<NodeName, readonly Answered[]>> | undefined;
  let found: Awaited<ReturnType<typeof answersOf>> = {};

  beforeAll(async () => {
    expected = (await answersOf("heartbeat", { c: [CL_STATUS] }))["c"];
    found = await answersOf("systole", { c: [CL_STATUS], own: OWN_CL_STATUS });
  }, 240_000);

  for (const node of NODE_NAMES) {
    describe(`on ${node}`, () => {
      questions().forEach((question, index) => {
        it(`cl_status ${question.join(" ")}`, () => {
          const should = expected?.[node][index];
          expect(should).toBeDefined();
          expect(found["c"]?.[node][index], "heartbeat's cl_status asking Systole").toEqual(should);
          expect(found["own"]?.[node][index], "Systole's own cl_status").toEqual(should);
        });
      });
    });
  }
});
