// Media that seal: which form a medium carries, whose message is believed, and what counts in each mode.
import { describe, expect, it } from "vitest";
import {
  SEALED_MAGIC,
  textField,
  textMessage,
  type Authenticator,
  type FrameReceiver,
  type KeyReport,
  type Message,
  type Opening,
  type Sealer,
  type SealMode,
  type Transport,
} from "../ports/index.js";
import { Media } from "./media.js";

const authenticator: Authenticator = {
  supports: { keyed: false },
  sign: () => "1 abc",
  verify: () => ({ ok: true, key: 1 }),
};
const MARK = Uint8Array.from(SEALED_MAGIC);

/** Seals by writing the mark and who it is for; the frame says whose key that is. */
class PlainSealer implements Sealer {
  mode: SealMode = "permissive";
  readonly overheadBytes = 100;
  readonly signed: string[] = [];
  outlet: Parameters<Sealer["attach"]>[0] | undefined;
  attach(outlet: Parameters<Sealer["attach"]>[0]): void {
    this.outlet = outlet;
  }
  seal(message: Uint8Array, to: "peers" | "self"): Uint8Array {
    return Uint8Array.of(...MARK, to === "self" ? 0 : 1, ...message);
  }
  open(frame: Uint8Array, link: string): Opening {
    if (frame[MARK.length] === 9) return { ok: false, reason: "replayed" };
    const node = frame[MARK.length] === 0 ? "master" : "cluster1";
    return { ok: true, messages: [{ node, link, bytes: frame.subarray(MARK.length + 1) }] };
  }
  heardSigned(node: string): void {
    this.signed.push(node);
  }
  keys(): KeyReport {
    throw new Error("nobody asks");
  }
  async change(): Promise<{ ok: boolean; reason: string }> {
    return { ok: false, reason: "no" };
  }
}

class Medium implements Transport {
  readonly sent: Uint8Array[] = [];
  receiver: FrameReceiver | undefined;
  constructor(
    readonly medium: string,
    readonly supports: Transport["supports"],
  ) {}
  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async send(frame: Uint8Array): Promise<void> {
    this.sent.push(frame);
  }
}

function room(mode: SealMode = "permissive", signs = true) {
  const sealer = new PlainSealer();
  sealer.mode = mode;
  const ethernet = new Medium("eth0", { maxFrameBytes: 2000 });
  const serial = new Medium("/dev/ttyS0", { maxFrameBytes: 2000, form: "string" });
  const ping = new Medium("gateway", { maxFrameBytes: 2000, probe: "gateway" });
  const received: string[] = [];
  const media = new Media({
    transports: [ethernet, serial, ping],
    authenticator: signs ? authenticator : undefined,
    sealer,
    self: "master",
    innerSignature: false,
    compression: undefined,
    received: (link, message) => received.push(`${link} ${textField(message, "src") ?? ""}`),
    event: () => undefined,
  });
  return { media, sealer, ethernet, serial, ping, received };
}

const said = (src: string): Message => textMessage({ t: "status", src });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (frame: Uint8Array | undefined): string => new TextDecoder().decode(frame);
const netstring = (src: string) => `###\n11:(0)t=status,${src.length + 7}:(0)src=${src},%%%\n`;
const sealedBy = (kind: 0 | 1 | 9, text: string): Uint8Array => Uint8Array.of(...MARK, kind, ...bytes(text));

describe("media that seal", () => {
  it("send sealed frames: as they are, as lines on a serial line, and to itself through a ping node", () => {
    const { media, ethernet, serial, ping } = room();
    media.send(said("master"), undefined);
    media.send(said("gateway"), ["gateway"]);
    expect(textOf(ethernet.sent[0])).toBe(`SEA1\u0001${netstring("master")}`);
    expect(textOf(serial.sent[0])).toMatch(/^>>>\nsealed=[A-Za-z0-9+/]+=*\n<<<\n$/);
    expect(textOf(ping.sent[0])).toBe(`SEA1\0${netstring("gateway")}`);
  });

  it("seal for each medium anew", () => {
    const { media, sealer, ethernet, serial } = room();
    let count = 0;
    sealer.seal = (message) => Uint8Array.of(...MARK, 1, (count += 1), ...message);
    media.send(said("master"), undefined);
    expect(count).toBe(2);
    expect(ethernet.sent).toHaveLength(1);
    expect(serial.sent).toHaveLength(1);
  });

  it("take back what they send, on every kind of medium", () => {
    const { media, ethernet, serial, ping, received } = room();
    media.send(said("cluster1"), undefined);
    media.send(said("gateway"), ["gateway"]);
    for (const medium of [ethernet, serial, ping])
      medium.receiver?.frame(medium.sent[0] ?? new Uint8Array(), "there");
    expect(received).toEqual(["eth0 cluster1", "/dev/ttyS0 cluster1", "gateway gateway"]);
  });

  it.each([
    ["another node's name", "eth0", 1, "third"],
    ["this node's own name", "eth0", 1, "master"],
    ["this node's name, sealed by itself, on a medium of peers", "eth0", 0, "master"],
    ["a peer's word that a ping node brings", "gateway", 1, "cluster1"],
    ["this node's word, which no ping node says", "gateway", 0, "master"],
  ] as const)("do not believe %s", (_, medium, kind, src) => {
    const { media, ethernet, ping, received } = room();
    (medium === "eth0" ? ethernet : ping).receiver?.frame(sealedBy(kind, netstring(src)), "there");
    expect(received).toEqual([]);
    expect(media.counters().framesRefused).toEqual({ "wrong-node": 1 });
  });

  it("count what the sealer refuses, and sealed nonsense, by its reason", () => {
    const { media, ethernet, received } = room();
    ethernet.receiver?.frame(sealedBy(9, netstring("cluster1")), "there");
    ethernet.receiver?.frame(sealedBy(1, "no message"), "there");
    expect(received).toEqual([]);
    expect(media.counters().framesRefused).toEqual({ replayed: 1, "not-a-frame": 1 });
  });

  it.each([
    ["off", "signed", ["eth0 cluster1"], { "not-a-frame": 1 }],
    ["receive-only", "signed", ["eth0 cluster1", "eth0 cluster1"], {}],
    ["permissive", "sealed", ["eth0 cluster1", "eth0 cluster1"], {}],
    ["enforce", "sealed", ["eth0 cluster1"], { "not-sealed": 1 }],
  ] as const)(
    "in mode %s send %s frames, and believe what that mode believes",
    (mode, sends, taken, refused) => {
      const { media, ethernet, received } = room(mode);
      media.send(said("master"), undefined);
      expect(textOf(ethernet.sent[0]).startsWith(sends === "sealed" ? "SEA1" : "###")).toBe(true);
      ethernet.receiver?.frame(bytes(`${netstring("cluster1")}5:1 abc,`), "there");
      ethernet.receiver?.frame(sealedBy(1, netstring("cluster1")), "there");
      expect(received).toEqual(taken);
      expect(media.counters().framesRefused).toEqual(refused);
    },
  );

  it("tell the sealer who still signs, but not what a ping node echoes", () => {
    const { sealer, ethernet, ping } = room();
    ethernet.receiver?.frame(bytes(`${netstring("cluster1")}5:1 abc,`), "there");
    ping.receiver?.frame(bytes(`${netstring("gateway")}5:1 abc,`), "there");
    expect(sealer.signed).toEqual(["cluster1"]);
  });

  it("do without an authenticator where sealed frames alone count", () => {
    const { media, ethernet, received } = room("enforce", false);
    media.send(said("master"), undefined);
    expect(ethernet.sent).toHaveLength(1);
    ethernet.receiver?.frame(bytes(`${netstring("cluster1")}5:1 abc,`), "there");
    expect(received).toEqual([]);
    expect(media.counters().framesRefused).toEqual({ "not-sealed": 1 });
  });

  it("send what the sealer has to say over every medium that reaches peers", () => {
    const { sealer, ethernet, serial, ping } = room("receive-only");
    sealer.outlet?.send(sealedBy(1, ""));
    expect(ethernet.sent).toEqual([sealedBy(1, "")]);
    expect(textOf(serial.sent[0])).toMatch(/^>>>\nsealed=/);
    expect(ping.sent).toEqual([]);
  });

  it("know what no medium can carry, with all that sealing adds", () => {
    const { media } = room();
    const noise = Array.from({ length: 1750 }, (_, index) =>
      String.fromCharCode(33 + ((index * 7919) % 89)),
    ).join("");
    const long = (length: number) => textMessage({ t: "x", src: "master", noise: noise.slice(0, length) });
    expect(media.fits(long(1100))).toBe(true);
    expect(media.fits(textMessage({ t: "x", random: randomText(1700) }))).toBe(false);
  });
});

/** Text that does not compress, the same in every run. */
function randomText(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 24) % 90));
  }).join("");
}
