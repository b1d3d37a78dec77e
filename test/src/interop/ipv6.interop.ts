// The nodes talk over IPv6: with global and with link-local addresses, and to a group; between two Systole nodes and beside
// heartbeat.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTS } from "../lab/acts.js";
import { NODE_NAMES, type NodeName } from "../lab/cluster-files.js";
import { closeLab, runNamedAct } from "../lab/in-lab.js";
import { Lab } from "../lab/lab.js";
import { bothSee, describePair, haCfWithMedia, type Pair } from "../lab/pairs.js";

const SYSTOLE: Pair = { master: "systole", cluster1: "systole" };
const HOST_PART: Readonly<Record<NodeName, string>> = { master: "221", cluster1: "222" };

const MEDIA = {
  "ucast6 with global addresses": (peer: NodeName) => `ucast6 eth0 fd00:10:180::${HOST_PART[peer]}\n`,
  "ucast6 with link-local addresses": (peer: NodeName) => `ucast6 eth0 fe80::${HOST_PART[peer]}\n`,
  "ucast6 with zones": (peer: NodeName) => `ucast6 eth0 fe80::${HOST_PART[peer]}%eth0\n`,
  mcast6: () => "mcast6 eth0 ff12::1:2:3:4 694 1 0\n",
} as const;
type MediumName = keyof typeof MEDIA;

async function openLab(pair: Pair, medium: MediumName): Promise<Lab> {
  const files = (node: NodeName) => {
    const peer = node === "master" ? "cluster1" : "master";
    return [{ path: "/etc/ha.d/ha.cf", text: haCfWithMedia(pair, node, () => MEDIA[medium](peer)) }];
  };
  const lab = await Lab.open({
    implementation: pair.master,
    implementations: pair,
    files: { master: files("master"), cluster1: files("cluster1") },
  });
  for (const node of NODE_NAMES) {
    const lines = ["fd00:10:180", "fe80"].map(
      (network) => `address add ${network}::${HOST_PART[node]}/64 dev eth0 nodad\n`,
    );
    await lab.node(node).host.must(["ip", "-batch", "-"], lines.join(""));
  }
  return lab;
}

for (const medium of [
  "ucast6 with global addresses",
  "ucast6 with link-local addresses",
  "mcast6",
] as const) {
  describePair(SYSTOLE, `over ${medium}`, () => {
    let lab: Lab;

    beforeAll(async () => {
      lab = await openLab(SYSTOLE, medium);
    });

    for (const { id, title } of ACTS) {
      it(`${title}`, async () => {
        const { reason, answeredBy, expected } = await runNamedAct(lab, id);
        expect(reason).toBeUndefined();
        expect(answeredBy.at(-1)).toBe(expected);
      });
    }

    it("see each other", async () => {
      expect(await bothSee(lab, "active up", () => "eth0")).toBe("active up");
    });

    afterAll(() => closeLab(lab));
  });
}

const BESIDE_HEARTBEAT: readonly (readonly [Pair, MediumName])[] = [
  [{ master: "systole", cluster1: "heartbeat" }, "ucast6 with global addresses"],
  [{ master: "heartbeat", cluster1: "systole" }, "ucast6 with zones"],
  [{ master: "heartbeat", cluster1: "systole" }, "mcast6"],
];

for (const [pair, medium] of BESIDE_HEARTBEAT) {
  describePair(pair, `over ${medium}`, () => {
    let lab: Lab;

    beforeAll(async () => {
      lab = await openLab(pair, medium);
    });

    it("see each other, and one has the resources", async () => {
      expect((await runNamedAct(lab, "cold-start")).reason).toBeUndefined();
      expect(await bothSee(lab, "active up", () => "eth0")).toBe("active up");
    });

    for (const id of ["stop", "failback"] as const) {
      it(`${id}`, async () => {
        expect((await runNamedAct(lab, id)).reason).toBeUndefined();
      });
    }

    it("see each other again", async () => {
      expect(await bothSee(lab, "active up", () => "eth0")).toBe("active up");
    });

    afterAll(() => closeLab(lab));
  });
}
