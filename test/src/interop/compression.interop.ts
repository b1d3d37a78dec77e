// Large messages between heartbeat and Systole: single fields that ask to be compressed, and whole messages above the
// threshold, with zlib and bz2. What programs on both sides say arrives as it was said, and the wire shows how it went.
import { afterAll, beforeAll, expect, it } from "vitest";
import { expandFields } from "@systole/core/message";
import { textMessage, type Field, type Message } from "@systole/core/ports";
import { closeLab } from "../lab/in-lab.js";
import { Lab, LabError, NODE_NAMES, nodeFiles, waitFor, type NodeName } from "../lab/index.js";
import { LAUNCHER } from "../lab/programs.js";
import { ApiProgram } from "./api-program.js";
import { describeInterop } from "./chain.js";
import { MIXED, type Pairing } from "./pairing.js";
import { allAnswer } from "./questions.js";

const PROGRAM = "probe";
/** Above the threshold of 2 KiB, and still one datagram when it is not compressed. */
const LARGE = "what is said again and again is worth compressing. ".repeat(120);
/** No datagram can carry it as it is. */
const HUGE = LARGE.repeat(20);

interface Case {
  readonly traditional: boolean;
  readonly algorithm: "zlib" | "bz2";
  readonly pairing: Pairing;
}

const [ON_MASTER, ON_CLUSTER1] = MIXED as readonly [Pairing, Pairing];
const CASES: readonly Case[] = [
  { traditional: false, algorithm: "zlib", pairing: ON_MASTER },
  { traditional: false, algorithm: "bz2", pairing: ON_CLUSTER1 },
  { traditional: true, algorithm: "zlib", pairing: ON_CLUSTER1 },
  { traditional: true, algorithm: "bz2", pairing: ON_MASTER },
];

function files(name: NodeName, { traditional, algorithm }: Case) {
  const { haCf } = nodeFiles(name, { initdeadSeconds: 6, ipfail: "/usr/libexec/heartbeat/ipfail" });
  const more = [
    `apiauth ${PROGRAM} uid=root`,
    `compression ${algorithm}`,
    ...(traditional ? ["traditional_compression on"] : []),
  ];
  return [{ path: "/etc/ha.d/ha.cf", text: `${haCf}${more.join("\n")}\n` }];
}

/** A message with a large content, in the way that the mode compresses: as text, or as a field that asks for it. */
function saying(type: string, content: string, traditional: boolean): Message {
  const { fields } = textMessage({ t: type });
  const large: Field = traditional
    ? { name: "content", type: "string", value: content }
    : { name: "content", type: "uncompressed", value: textMessage({ text: content }) };
  return { fields: [...fields, large] };
}

/** The content again, compressed fields opened. */
function contentOf(message: Message): string | undefined {
  const expanded = expandFields(message);
  const field = expanded.ok ? expanded.message.fields.find(({ name }) => name === "content") : undefined;
  if (field?.type === "string") return field.value;
  if (field?.type !== "struct" && field?.type !== "uncompressed") return undefined;
  const inner = field.value.fields.find(({ name }) => name === "text");
  return inner?.type === "string" ? inner.value : undefined;
}

/** A line of `systole wire sniff --json`. */
interface Sniffed {
  readonly verified: boolean | null;
  readonly fields: readonly (readonly [type: number, name: string, value: unknown])[];
  readonly expanded?: readonly (readonly [type: number, name: string, value: unknown])[];
}

/** Listens on the wire of a node until `end`. */
function sniff(lab: Lab, name: NodeName) {
  const options = ["--authkeys", "/etc/ha.d/authkeys", "--json"];
  const child = lab
    .node(name)
    .host.spawn(
      [process.execPath, LAUNCHER, "wire", "sniff", "eth0", ...options],
      ["ignore", "pipe", "pipe"],
    );
  let text = "";
  let said = "";
  child.stdout?.on("data", (bytes: Buffer) => (text += bytes.toString()));
  child.stderr?.on("data", (bytes: Buffer) => (said += bytes.toString()));
  return {
    ready: () => waitFor("the sniffer to listen", () => said.includes("Listening"), { timeoutMs: 15_000 }),
    /** The first packet that carries a message of that type, compressed or not. */
    carrying: (type: string) =>
      waitFor(
        `a packet with ${type}`,
        () =>
          text
            .split("\n")
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Sniffed)
            .find(({ fields, expanded }) =>
              [...fields, ...(expanded ?? [])].some(([, field, value]) => field === "t" && value === type),
            ),
        { timeoutMs: 15_000, everyMs: 50, describe: () => said },
      ),
    end: () => void child.kill("SIGTERM"),
  };
}

/** How the packet was compressed: what it is called, and by what. */
function compressionOf({ fields }: Sniffed): readonly unknown[] {
  const algorithm = fields.find(([, name]) => name === "_compression_algorithm")?.[2];
  const whole = fields.some(([, name]) => name === "_compressed_payload");
  const single = fields.some(([type, name]) => type === 4 && name === "content");
  return [whole ? "whole" : single ? "field" : "plain", algorithm];
}

/** Both daemons, a program on each, and somebody who listens; filled when they run. */
class TalkingCluster {
  private running: { readonly lab: Lab; readonly sniffer: ReturnType<typeof sniff> } | undefined;
  private readonly programs = new Map<NodeName, ApiProgram>();
  /** The node that runs heartbeat. */
  private readonly theirs: NodeName;

  constructor(private readonly one: Case) {
    this.theirs = one.pairing.implementations.master === "heartbeat" ? "master" : "cluster1";
  }

  get lab(): Lab {
    return this.open().lab;
  }

  /** The program on heartbeat's node. */
  get there(): ApiProgram {
    return this.programOn(this.theirs);
  }

  /** The program on Systole's node. */
  get here(): ApiProgram {
    return this.programOn(this.lab.peerOf(this.theirs));
  }

  async start(): Promise<void> {
    const { implementations } = this.one.pairing;
    const own = { master: files("master", this.one), cluster1: files("cluster1", this.one) };
    const lab = await Lab.open({ implementation: "heartbeat", implementations, files: own });
    const sniffer = sniff(lab, lab.peerOf(this.theirs));
    this.running = { lab, sniffer };
    for (const name of NODE_NAMES) await lab.node(name).start();
    for (const name of NODE_NAMES) await allAnswer(lab, "active", "nodestatus", name);
    await sniffer.ready();
    for (const name of NODE_NAMES) this.programs.set(name, await ApiProgram.signOn(lab.node(name), PROGRAM));
  }

  /** How the first packet with that type was compressed: what it is called, by what, and whether it is genuine. */
  async packet(type: string): Promise<readonly unknown[]> {
    const found = await this.open().sniffer.carrying(type);
    return [...compressionOf(found), found.verified];
  }

  async close(): Promise<void> {
    for (const program of this.programs.values()) program.close();
    this.running?.sniffer.end();
    await closeLab(this.running?.lab);
  }

  private open() {
    if (this.running === undefined) throw new LabError("the lab is not open");
    return this.running;
  }

  private programOn(name: NodeName): ApiProgram {
    const program = this.programs.get(name);
    if (program === undefined) throw new LabError(`no program is signed on at ${name}`);
    return program;
  }
}

for (const one of CASES) {
  const { traditional, algorithm, pairing } = one;
  const way = traditional ? "whole" : "field";
  describeInterop(`${traditional ? "traditional" : "field"} compression, ${algorithm}, ${pairing.id}`, () => {
    const cluster = new TalkingCluster(one);

    beforeAll(async () => {
      await cluster.start();
    });

    it("heartbeat's reaches a program on Systole's node", async () => {
      cluster.there.say(saying("from-heartbeat", LARGE, traditional));
      expect(contentOf(await cluster.here.hear("from-heartbeat"))).toBe(LARGE);
      expect(await cluster.packet("from-heartbeat")).toEqual([way, algorithm, true]);
    });

    it("Systole's, always zlib, reaches a program on heartbeat's node", async () => {
      cluster.here.say(saying("from-systole", LARGE, traditional));
      expect(contentOf(await cluster.there.hear("from-systole"))).toBe(LARGE);
      expect(await cluster.packet("from-systole")).toEqual([way, "zlib", true]);
    });

    it("one that no datagram carries as it is arrives too", async () => {
      cluster.there.say(saying("huge-from-heartbeat", HUGE, traditional));
      expect(contentOf(await cluster.here.hear("huge-from-heartbeat"))).toBe(HUGE);
    });

    it("both nodes live on", async () => {
      for (const name of NODE_NAMES)
        expect(await allAnswer(cluster.lab, "active", "nodestatus", name)).toBe("active");
    });

    afterAll(async () => {
      await cluster.close();
    });
  });
}
