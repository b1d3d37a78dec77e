// A broker as the second path: whichever of the two is lost alone, nothing moves; when both are, the other node takes over. And whoever
// writes to the broker what a will looks like moves nothing.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GATEWAY, NODE_NAMES, nodeFiles, type NodeName } from "./cluster-files.js";
import { closeLab, describeInLab, joined, PATIENCE_MS, runNamedAct, settledOn, statusOf } from "./in-lab.js";
import { HAS_BROKER, LabBroker } from "./lab-broker.js";
import { Lab } from "./lab.js";
import { bothSee } from "./pairs.js";
import { monotonicMs, pause, waitFor } from "./wait.js";

const STRANGER = fileURLToPath(new URL("../../dist/lab/broker-stranger.js", import.meta.url));
const BROKER = `mqtt:${GATEWAY}`;
const DEAD_MS = 1000;

const haCf = (node: NodeName): string =>
  `${nodeFiles(node, { autoFailback: "off" }).haCf}cluster lab\nmqtt mqtt://${GATEWAY}\n`;

describe.skipIf(!HAS_BROKER)("where mosquitto is", () => {
  describeInLab("two nodes with a network and a broker between them", () => {
    let lab: Lab;
    let broker: LabBroker;
    let sinceMs = 0;
    const saidBefore = { master: 0, cluster1: 0 };
    const logOf = (node: NodeName): string => lab.node(node).read("/var/log/daemon.log");

    beforeAll(async () => {
      const files = (node: NodeName) => [{ path: "/etc/ha.d/ha.cf", text: haCf(node) }];
      lab = await Lab.open({
        implementation: "systole",
        files: { master: files("master"), cluster1: files("cluster1") },
      });
      broker = new LabBroker(lab.gateway, lab.directory);
      await broker.start();
      expect((await runNamedAct(lab, "cold-start")).reason).toBeUndefined();
      for (const node of NODE_NAMES) await joined(lab, node);
    });

    beforeEach(() => {
      sinceMs = monotonicMs();
      for (const node of NODE_NAMES) saidBefore[node] = logOf(node).length;
    });

    /** As `systole status` says. */
    const both = (link: string, state: string) => bothSee(lab, `active ${state}`, () => link);

    /** As the logs say, which costs no program for each look. */
    async function bothSaid(link: string, state: "up" | "dead"): Promise<void> {
      const pattern = new RegExp(`link\\.changed .*link=${link.replaceAll(".", "\\.")} to=(\\w+)`, "g");
      const lastOf = (node: NodeName): string | undefined => [...logOf(node).matchAll(pattern)].at(-1)?.[1];
      await waitFor(`${link} to be ${state}`, () => NODE_NAMES.every((node) => lastOf(node) === state), {
        timeoutMs: PATIENCE_MS,
        everyMs: 20,
      });
    }

    /** What went wrong since the test began: somebody was without an answer, something moved, a node was given up. */
    function harm(): readonly string[] {
      const gapMs = lab.answers.longestGap(sinceMs, monotonicMs());
      const givenUp = NODE_NAMES.filter((name) =>
        /node\.changed.* to=dead/.test(logOf(name).slice(saidBefore[name])),
      );
      return [
        ...(lab.answers.since(sinceMs).length > 10 ? [] : ["hardly anybody asked"]),
        ...(gapMs < DEAD_MS / 2 ? [] : [`no answer for ${gapMs} ms`]),
        ...(lab.holders.unchangedSinceMs() < sinceMs ? [] : ["the address moved"]),
        ...givenUp.map((name) => `${name} gave the other up`),
      ];
    }

    it("hear each other over both", async () => {
      expect([await both("eth0", "up"), await both(BROKER, "up")]).toEqual(["active up", "active up"]);
    });

    it("move nothing when the broker is killed, and use it again when it is back", async () => {
      await broker.kill();
      await bothSaid(BROKER, "dead");
      await pause(DEAD_MS);
      await broker.start();
      await bothSaid(BROKER, "up");
      expect(harm()).toEqual([]);
    });

    it("move nothing when the broker stalls", async () => {
      broker.freeze();
      await bothSaid(BROKER, "dead");
      broker.thaw();
      await bothSaid(BROKER, "up");
      expect(harm()).toEqual([]);
    });

    it("hear of a crash by the broker's will at once, and believe it when the silence has lasted", async () => {
      await bothSaid(BROKER, "up");
      const said = (event: RegExp) =>
        waitFor(String(event), () => event.test(logOf("master").slice(saidBefore.master)), {
          timeoutMs: PATIENCE_MS,
          everyMs: 2,
        });
      const killedMs = monotonicMs();
      await lab.node("cluster1").killHard();
      await said(/link\.hinted/);
      const hintedMs = monotonicMs();
      await said(/node\.changed.* to=dead/);
      const deadMs = monotonicMs();
      expect(hintedMs).toBeLessThan(deadMs);
      // Some keepalives may have passed since the last sign of life; the will has not shortened the rest.
      expect(deadMs - killedMs).toBeGreaterThan(DEAD_MS / 2);
      expect(lab.holders.now()).toEqual(["master"]);
      await lab.node("cluster1").start();
      for (const node of NODE_NAMES) await joined(lab, node);
      const figures = `the will after ${Math.round(hintedMs - killedMs)} ms, the death after ${Math.round(deadMs - killedMs)} ms of deadtime ${DEAD_MS} ms`;
      process.stdout.write(`a killed daemon, as the other node hears of it through the broker: ${figures}\n`);
    });

    it("move nothing when the network between them is lost, whatever a stranger says at the broker meanwhile", async () => {
      await lab.separateNodes();
      await bothSaid("eth0", "dead");
      const topics = NODE_NAMES.map((node) => `systole/lab/${node}`);
      const stranger = lab.gateway.spawn(
        [process.execPath, STRANGER, GATEWAY, ...topics],
        ["ignore", "pipe", "inherit"],
      );
      if (stranger.stdout !== null) await once(stranger.stdout, "data");
      await pause(2 * DEAD_MS);
      const refused = (await statusOf(lab, "master")).counters.framesRefused;
      for (const one of lab.gateway.processes().filter(({ commandLine }) => commandLine.includes(STRANGER)))
        process.kill(one.pid);
      expect(logOf("master").slice(saidBefore.master)).toContain("link.hinted");
      // Not signed: dropped at the door.
      expect(Object.values(refused).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10);
      await both(BROKER, "up");
      expect(harm()).toEqual([]);
      await lab.rejoinNodes();
      // The stranger has used up what the log has room for.
      await both("eth0", "up");
      expect(harm()).toEqual([]);
    });

    it("fail over when both paths are lost", async () => {
      await lab.cutBeyondSwitch("master");
      expect(await settledOn(lab, "cluster1")).toBe("cluster1");
      await lab.mendBeyondSwitch("master");
      for (const node of NODE_NAMES) await joined(lab, node);
      expect(lab.holders.now()).toEqual(["cluster1"]);
    });

    afterAll(() => closeLab(lab));
  });
});
