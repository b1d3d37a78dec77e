// A null-modem cable beside the network, and alone: what heartbeat's oldest medium does for two nodes, whichever of the two
// programs runs on them.
import { afterAll, beforeAll, expect, it } from "vitest";
import { NullModem } from "@systole/transport-serial/null-modem";
import type { NodeName } from "../lab/cluster-files.js";
import { closeLab, openStarted, runNamedAct, settledOn } from "../lab/in-lab.js";
import { Lab, type LabOptions } from "../lab/lab.js";
import { bothSee, describePair, haCfWithMedia, type Pair } from "../lab/pairs.js";

const PAIRS: readonly Pair[] = [
  { master: "systole", cluster1: "systole" },
  { master: "systole", cluster1: "heartbeat" },
  { master: "heartbeat", cluster1: "systole" },
];

const NOISE = ["\0\xff\x7f noise", "\n>>>\nt=status\nsrc=", "<<<\n<<<\n", `${"x".repeat(70_000)}\n`];

function end(node: NodeName): "left" | "right" {
  return node === "master" ? "left" : "right";
}

/** A lab whose nodes are joined by the cable, with the network beside it or not. */
function options(pair: Pair, modem: NullModem, alone: boolean): LabOptions {
  const files = (node: NodeName) => {
    // Ten messages a second are too many for 19200 baud.
    const serial = `baud 115200\nserial ${modem.path(end(node))}\n`;
    const text = haCfWithMedia(pair, node, (ucast) => (alone ? serial : `${ucast}${serial}`));
    return [{ path: "/etc/ha.d/ha.cf", text }];
  };
  return {
    implementation: pair.master,
    implementations: pair,
    files: { master: files("master"), cluster1: files("cluster1") },
  };
}

for (const pair of PAIRS) {
  describePair(pair, "on a serial line alone", () => {
    let modem: NullModem;
    let lab: Lab;
    const device = (node: NodeName): string => modem.path(end(node));

    beforeAll(async () => {
      modem = new NullModem();
      lab = await Lab.open(options(pair, modem, true));
    });

    it("see each other over it, and one has the resources", async () => {
      expect((await runNamedAct(lab, "cold-start")).reason).toBeUndefined();
      expect(await bothSee(lab, "active up", device)).toBe("active up");
      expect(Math.min(modem.sentBy("left"), modem.sentBy("right"))).toBeGreaterThan(1000);
    });

    it("hand over when the active one is stopped, and back when it returns", async () => {
      expect((await runNamedAct(lab, "stop")).reason).toBeUndefined();
      const back = await runNamedAct(lab, "failback");
      expect(back.reason).toBeUndefined();
      expect(back.twoHoldersMs).toBe(0);
      expect(await bothSee(lab, "active up", device)).toBe("active up");
    });

    it("hold on through noise on the line", async () => {
      for (const text of NOISE) {
        for (const towards of ["left", "right"] as const) modem.inject(towards, Buffer.from(text, "latin1"));
      }
      expect(await settledOn(lab, "master")).toBe("master");
      expect(await bothSee(lab, "active up", device)).toBe("active up");
    });

    afterAll(async () => {
      await closeLab(lab);
      await modem.close();
    });
  });

  describePair(pair, "on a serial line beside ucast", () => {
    let modem: NullModem;
    let lab: Lab;
    const device = (node: NodeName): string => modem.path(end(node));

    beforeAll(async () => {
      modem = new NullModem();
      lab = await openStarted(options(pair, modem, false));
    });

    it("see each other over both", async () => {
      expect(await bothSee(lab, "active up", device)).toBe("active up");
      expect(await bothSee(lab, "active up", () => "eth0")).toBe("active up");
    });

    it("notice that the line is dead and mended, and move nothing", async () => {
      modem.cut();
      expect(await bothSee(lab, "active dead", device)).toBe("active dead");
      expect(await settledOn(lab, "master")).toBe("master");
      modem.mend();
      expect(await bothSee(lab, "active up", device)).toBe("active up");
    });

    it("agree over the line who serves when the network of one is gone", async () => {
      expect((await runNamedAct(lab, "cable-pulled")).reason).toBeUndefined();
      expect(await bothSee(lab, "active dead", () => "eth0")).toBe("active dead");
      expect(await bothSee(lab, "active up", device)).toBe("active up");
      // The isolated node let go: without the line both would have the address now.
      expect(lab.holders.now()).toEqual(["cluster1"]);
    });

    it("see each other over both again when it is back", async () => {
      await lab.plugCable("master");
      expect(await bothSee(lab, "active up", () => "eth0")).toBe("active up");
    });

    afterAll(async () => {
      await closeLab(lab);
      await modem.close();
    });
  });
}
