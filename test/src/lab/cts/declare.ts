// Classes as tests: one cluster lives through them in their order, and is audited after each.
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInLab } from "../in-lab.js";
import { monotonicMs } from "../wait.js";
import { Audits } from "./audits.js";
import { Cluster, type Kind } from "./cluster.js";
import type { DoneClass } from "./cts-class.js";
import { Dice, seedOfRun } from "./dice.js";

export function declareClasses(title: string, kind: Kind, classes: readonly DoneClass[]): void {
  describeInLab(title, () => {
    const seed = seedOfRun();
    let cluster: Cluster;
    let audits: Audits;

    beforeAll(async () => {
      process.stdout.write(`CTS: ${title}, SYSTOLE_CTS_SEED=${String(seed)}\n`);
      cluster = await Cluster.open(kind);
      audits = new Audits(cluster);
    });

    for (const { name, perform, allows } of classes) {
      it(`${name}`, async () => {
        const tell = (figure: string): void => void process.stdout.write(`CTS: ${name}: ${figure}\n`);
        const sinceMs = monotonicMs();
        try {
          await perform({ cluster, dice: new Dice(seed, name), tell });
        } finally {
          await cluster.whole();
        }
        expect(await audits.after(sinceMs, allows ?? [])).toEqual([]);
      });
    }

    afterAll(async () => {
      await cluster?.close();
    });
  });
}
