// A null-modem cable beside the network, and alone: what heartbeat's oldest medium does for two nodes, whichever of the two
// programs runs on them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NullModem } from "@systole/transport-serial/null-modem";
import { hasProgram } from "./ability.js";
import { nodeFiles, type NodeName } from "./cluster-files.js";
import { closeLab, describeInLab, PATIENCE_MS, runNamedAct, settledOn, systole } from "./in-lab.js";
import { Lab } from "./lab.js";
import { PROGRAMS, type Implementation } from "./programs.js";
import { waitFor } from "./wait.js";

type Pair = Readonly<Record<NodeName, Implementation>>;

const PAIRS: readonly Pair[] = [
  { master: "systole", cluster1: "systole" },
  { master: "systole", cluster1: "heartbeat" },
  { master: "heartbeat", cluster1: "systole" },
];

/** Where Debian's heartbeat is missing: skipped, except with CI=true, where opening the lab fails and says so. */
const describeBesideHeartbeat = describe.skipIf(
  !hasProgram(PROGRAMS.heartbeat.needs[0]) && process.env.CI !== "true",
);

/** A lab whose nodes are joined by a cable, with a network medium beside it or not. */
class SerialLab {
  private constructor(
    readonly lab: Lab,
    readonly modem: NullModem,
  ) {}

  static async open(pair: Pair, alone: boolean): Promise<SerialLab> {
    const modem = new NullModem();
    const files = (node: NodeName) => [
      { path: "/etc/ha.d/ha.cf", text: haCf(node, pair[node], modem.path(end(node)), alone) },
    ];
    try {
      const lab = await Lab.open({
        implementation: pair.master,
        implementations: pair,
        files: { master: files("master"), cluster1: files("cluster1") },
      });
      return new SerialLab(lab, modem);
    } catch (error) {
      await modem.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await closeLab(this.lab);
    await this.modem.close();
  }

  device(node: NodeName): string {
    return this.modem.path(end(node));
  }

  /** What `node` says about the other one: its state, and that of a link to it. */
  async seen(node: NodeName, link: string): Promise<string> {
    const peer = this.lab.peerOf(node);
    if (this.lab.node(node).implementation === "heartbeat") {
      const { host } = this.lab.node(node);
      const state = await host.run(["cl_status", "nodestatus", peer]);
      const linkState = await host.run(["cl_status", "hblinkstatus", peer, link]);
      return `${state.stdout.trim()} ${linkState.stdout.trim()}`;
    }
    const status = JSON.parse(await systole(this.lab, node, "status", "--json")) as SeenStatus;
    const found = status.nodes.find(({ name }) => name === peer);
    return `${found?.state} ${found?.links.find(({ name }) => name === link)?.state}`;
  }

  /** Resolves when both nodes say this about each other and the link. */
  async bothSee(expected: string, linkOf: (node: NodeName) => string): Promise<void> {
    for (const node of ["master", "cluster1"] as const) {
      let seen = "";
      await waitFor(
        `${node} to see "${expected}"`,
        async () => (seen = await this.seen(node, linkOf(node)).catch(String)) === expected,
        { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => seen },
      );
    }
  }
}

interface SeenStatus {
  readonly nodes: readonly {
    readonly name: string;
    readonly state: string;
    readonly links: readonly { readonly name: string; readonly state: string }[];
  }[];
}

function end(node: NodeName): "left" | "right" {
  return node === "master" ? "left" : "right";
}

function haCf(node: NodeName, program: Implementation, device: string, alone: boolean): string {
  const { haCf: text } = nodeFiles(
    node,
    program === "heartbeat" ? { ipfail: "/usr/libexec/heartbeat/ipfail" } : {},
  );
  // Ten messages a second are too many for 19200 baud.
  const serial = `baud 115200\nserial ${device}\n`;
  return text.replace(/^ucast .*\n/m, (ucast) => (alone ? serial : `${ucast}${serial}`));
}

for (const pair of PAIRS) {
  const programs = `${pair.master} and ${pair.cluster1}`;
  const describeHere = Object.values(pair).includes("heartbeat") ? describeBesideHeartbeat : describeInLab;

  describeHere(`${programs} on a serial line alone`, () => {
    let serial: SerialLab;

    beforeAll(async () => {
      serial = await SerialLab.open(pair, true);
    });

    it("see each other over it, and one has the resources", async () => {
      expect((await runNamedAct(serial.lab, "cold-start")).reason).toBeUndefined();
      await serial.bothSee("active up", (node) => serial.device(node));
    });

    it("hand over when the active one is stopped, and back when it returns", async () => {
      expect((await runNamedAct(serial.lab, "stop")).reason).toBeUndefined();
      const back = await runNamedAct(serial.lab, "failback");
      expect(back.reason).toBeUndefined();
      expect(back.twoHoldersMs).toBe(0);
      await serial.bothSee("active up", (node) => serial.device(node));
    });

    it("hold on through noise on the line", async () => {
      for (const text of [
        "\0\xff\x7f noise",
        "\n>>>\nt=status\nsrc=",
        "<<<\n<<<\n",
        `${"x".repeat(70_000)}\n`,
      ]) {
        for (const towards of ["left", "right"] as const)
          serial.modem.inject(towards, Buffer.from(text, "latin1"));
      }
      expect(await settledOn(serial.lab, "master")).toBe("master");
      await serial.bothSee("active up", (node) => serial.device(node));
    });

    afterAll(() => serial?.close());
  });

  describeHere(`${programs} on a serial line beside ucast`, () => {
    let serial: SerialLab;

    beforeAll(async () => {
      serial = await SerialLab.open(pair, false);
      expect((await runNamedAct(serial.lab, "cold-start")).reason).toBeUndefined();
    });

    it("see each other over both", async () => {
      await serial.bothSee("active up", (node) => serial.device(node));
      await serial.bothSee("active up", () => "eth0");
    });

    it("notice that the line is dead and mended, and move nothing", async () => {
      serial.modem.cut();
      await serial.bothSee("active dead", (node) => serial.device(node));
      expect(await settledOn(serial.lab, "master")).toBe("master");
      serial.modem.mend();
      await serial.bothSee("active up", (node) => serial.device(node));
    });

    it("agree over the line who serves when the network of one is gone", async () => {
      const pulled = await runNamedAct(serial.lab, "cable-pulled");
      expect(pulled.reason).toBeUndefined();
      await serial.bothSee("active dead", () => "eth0");
      await serial.bothSee("active up", (node) => serial.device(node));
      // The isolated node let go: without the line both would have the address now.
      expect(serial.lab.holders.now()).toEqual(["cluster1"]);
    });

    it("see each other over both again when it is back", async () => {
      await serial.lab.plugCable("master");
      await serial.bothSee("active up", () => "eth0");
    });

    afterAll(() => serial?.close());
  });
}
