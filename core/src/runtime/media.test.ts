// What media send and let in: forms, compression, new keys, and messages that are too large for a medium.
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openFrame } from "../message/index.js";
import { heartbeatMembership } from "../engine/index.js";
import {
  textField,
  textMessage,
  type Authenticator,
  type EngineEvent,
  type FrameKind,
  type FrameReceiver,
  type MembershipInit,
  type Message,
  type Transport,
} from "../ports/index.js";
import { Media, type MediaInit } from "./media.js";

const digest = (key: string, bytes: Uint8Array): string =>
  createHmac("sha1", key).update(bytes).digest("hex");

/** A list of keys by index, as both kinds of nodes have it; one signs. */
function keys(list: Readonly<Record<number, string>>, signing: number): Authenticator {
  return {
    supports: { keyed: true, rotating: new Set(Object.values(list)).size > 1 },
    sign: (bytes) => `${signing} ${digest(list[signing] ?? "", bytes)}`,
    verify: (bytes, signature) => {
      const key = Number.parseInt(signature, 10);
      if (list[key] === undefined) return { ok: false, reason: "unknown-key" };
      const good = signature === `${key} ${digest(list[key], bytes)}`;
      return good ? { ok: true, key } : { ok: false, reason: "mismatch" };
    },
  };
}

/** heartbeat 3.0.6: a trailer is held against the receiver's own signing key, a line against the key that it names. */
function heartbeatAccepts(
  frame: Uint8Array,
  list: Readonly<Record<number, string>>,
  signing: number,
): boolean {
  const own = list[signing] ?? "";
  const defective = Object.fromEntries(Object.keys(list).map((index) => [index, own]));
  const isTrailer = Buffer.from(frame.subarray(0, 4)).toString() === "###\n";
  return openFrame(frame, isTrailer ? keys(defective, signing) : keys(list, signing)).ok;
}

class RecordingTransport implements Transport {
  readonly frames: Uint8Array[] = [];
  readonly kinds: (FrameKind | undefined)[] = [];
  readonly supports: Transport["supports"];
  receiver: FrameReceiver | undefined;

  constructor(
    readonly medium: string,
    maxFrameBytes: number,
  ) {
    this.supports = { maxFrameBytes };
  }

  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }
  start(): Promise<void> {
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  send(frame: Uint8Array, kind?: FrameKind): Promise<void> {
    this.frames.push(frame);
    this.kinds.push(kind);
    return Promise.resolve();
  }
}

function mediaOf(changes: Partial<MediaInit> = {}, maxFrameBytes = 65_507) {
  const transport = new RecordingTransport("eth0", maxFrameBytes);
  const received: Message[] = [];
  const events: EngineEvent[] = [];
  const media = new Media({
    transports: [transport],
    authenticator: keys({ 1: "aaaa" }, 1),
    self: "master",
    innerSignature: true,
    compression: undefined,
    received: (_, message) => received.push(message),
    event: (event) => events.push(event),
    ...changes,
  });
  const sent = (message: Message): Uint8Array => {
    media.send(message, undefined);
    return transport.frames.at(-1) ?? new Uint8Array();
  };
  return { media, transport, received, events, sent };
}

const formOf = (frame: Uint8Array): string => Buffer.from(frame.subarray(0, 3)).toString();
const hello = textMessage({ t: "status", src: "a", st: "up" });
const both = { 1: "aaaa", 2: "bbbb" };

/** Text that does not get smaller. */
function noise(length: number): string {
  let seed = 7;
  return Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(33 + ((seed >>> 16) % 94));
  }).join("");
}

describe("while keys are being changed", () => {
  it("heartbeat accepts what is sent, whichever key it signs with itself", () => {
    for (const signing of [1, 2]) {
      const { sent } = mediaOf({ authenticator: keys(both, signing) });
      const frame = sent(hello);
      expect(formOf(frame)).toBe(">>>");
      expect([heartbeatAccepts(frame, both, 1), heartbeatAccepts(frame, both, 2)]).toEqual([true, true]);
    }
  });

  it("the other form would not be accepted: the defect is modelled", () => {
    const frame = mediaOf({ authenticator: { ...keys(both, 2), supports: { keyed: true } } }).sent(hello);
    expect(formOf(frame)).toBe("###");
    expect([heartbeatAccepts(frame, both, 1), heartbeatAccepts(frame, both, 2)]).toEqual([false, true]);
  });

  it("what heartbeat sends is accepted in either form, by the key that it names", () => {
    const { transport, received, media } = mediaOf({ authenticator: keys(both, 2) });
    const old = mediaOf({ authenticator: { ...keys(both, 1), supports: { keyed: true } } }).sent(hello);
    transport.receiver?.frame(old, "peer");
    transport.receiver?.frame(mediaOf({ authenticator: keys(both, 1) }).sent(hello), "peer");
    expect(received.map((message) => textField(message, "st"))).toEqual(["up", "up"]);
    expect(media.counters().framesRefused).toEqual({});
  });

  it("a whole change, step by step, is never refused", () => {
    const steps: readonly (readonly [Readonly<Record<number, string>>, number])[] = [
      [{ 1: "aaaa" }, 1],
      [both, 1],
      [both, 2],
      [{ 2: "bbbb" }, 2],
    ];
    // Each node is at most one step away from the other; heartbeat's side is judged with its defect.
    const refused = steps.flatMap(([list, signing], at) => {
      const frame = mediaOf({ authenticator: keys(list, signing) }).sent(hello);
      const near = steps.slice(Math.max(0, at - 1), at + 2);
      return near.filter(([other, own]) => !heartbeatAccepts(frame, other, own)).map(() => at);
    });
    expect(refused).toEqual([]);
  });

  it("new keys count from the next frame on, in both directions", () => {
    const { media, transport, received, sent } = mediaOf();
    media.authenticate(keys({ 2: "bbbb" }, 2));
    expect(openFrame(sent(hello), keys(both, 1))).toMatchObject({ ok: true, key: 2 });
    transport.receiver?.frame(mediaOf().sent(hello), "peer");
    expect([received.length, media.counters().framesRefused]).toEqual([0, { "unknown-key": 1 }]);
  });
});

describe("a medium", () => {
  it("is told which frames are signs of life", () => {
    const { transport, sent } = mediaOf();
    sent(hello);
    sent(textMessage({ t: "ask_resources", src: "a" }));
    expect(transport.kinds).toEqual(["pulse", "word"]);
  });

  it("may hint that a node has gone, and count what it dropped; nothing is believed for that", () => {
    const hints: string[] = [];
    const { transport, received, media, events } = mediaOf({
      hinted: (link, node) => hints.push(`${link} ${node}`),
    });
    transport.receiver?.hinted?.("Cluster1");
    transport.receiver?.refused?.("retained", "cluster1");
    expect(hints).toEqual(["eth0 cluster1"]);
    expect(media.counters().framesRefused).toEqual({ retained: 1 });
    expect(events.map(({ name }) => name)).toEqual(["frame.refused"]);
    media.close();
    transport.receiver?.hinted?.("cluster1");
    expect([hints.length, received.length]).toEqual([1, 0]);
  });
});

describe("a line", () => {
  const withLine = () => {
    const line = Object.assign(new RecordingTransport("/dev/ttyS0", 65_536), {
      supports: { maxFrameBytes: 65_536, form: "string" as const },
    });
    const other = new RecordingTransport("eth0", 65_507);
    return { line, other, ...mediaOf({ transports: [line, other] }) };
  };

  it("gets the string form, compressed as a whole when it is too long, and never more than it takes", () => {
    const { line, other, media, events } = withLine();
    media.send(hello, undefined);
    media.send(textMessage({ t: "x", a: "y".repeat(300_000) }), undefined);
    media.send(textMessage({ t: "x", a: noise(100_000) }), undefined);
    expect([line.frames, other.frames].map((frames) => frames.map(formOf))).toEqual([
      [">>>", ">>>"],
      ["###", "###"],
    ]);
    expect(events.map(({ name }) => name)).toContain("message.too-large");
    const { transport, received } = mediaOf();
    for (const frame of line.frames) transport.receiver?.frame(frame, "peer");
    expect(received.map((message) => textField(message, "t"))).toEqual(["status", "x"]);
  });

  it("alone decides what fits, too", () => {
    const { line } = withLine();
    const { media } = mediaOf({ transports: [line] });
    expect([noise(100_000), noise(10_000)].map((a) => media.fits(textMessage({ t: "x", a })))).toEqual([
      false,
      true,
    ]);
  });
});

describe("compression", () => {
  it("of whole messages is undone before the engine sees them", () => {
    const compression = { traditional: true, thresholdBytes: 2048 };
    const message = textMessage({ t: "x", src: "a", text: "abc ".repeat(1000) });
    const frame = mediaOf({ compression }).sent(message);
    expect(frame.length).toBeLessThan(500);
    const { transport, received } = mediaOf();
    transport.receiver?.frame(frame, "peer");
    expect(received.map((each) => textField(each, "text"))).toEqual(["abc ".repeat(1000)]);
  });

  it("that is broken is refused and counted", () => {
    const { transport, media, events } = mediaOf();
    const broken = { name: "_compressed_payload", type: "binary", value: new Uint8Array(20) } as const;
    transport.receiver?.frame(mediaOf().sent({ fields: [broken] }), "peer");
    expect(media.counters().framesRefused).toEqual({ "unknown-compression": 1 });
    expect(events.map(({ name }) => name)).toEqual(["frame.refused"]);
  });
});

describe("a message that is too large for a medium", () => {
  it("is not sent, and said", () => {
    const { media, transport, events } = mediaOf();
    media.send(textMessage({ t: "big", a: noise(100_000) }), undefined);
    expect(transport.frames).toEqual([]);
    expect(events).toMatchObject([{ name: "message.too-large", level: "error", fields: { type: "big" } }]);
  });

  it("is told from one that fits, also when that takes compression", () => {
    const { media } = mediaOf();
    const texts = ["", noise(60_000), "y".repeat(200_000), noise(100_000)];
    expect(texts.map((a) => media.fits(textMessage({ t: "x", a })))).toEqual([true, true, true, false]);
  });

  it("gets no number, so that no peer asks for it", () => {
    const { media } = mediaOf();
    const init: MembershipInit = {
      self: "a",
      nodes: ["a", "b"],
      pingNodes: [],
      media: ["eth0"],
      fits: (message) => media.fits(message),
      timings: {
        keepaliveMs: 1000,
        warnMs: 5000,
        deadMs: 10_000,
        initialDeadMs: 10_000,
        pingDeadMs: 10_000,
        maxRetransmitDelayMs: 250,
      },
      hopFudge: 1,
      generation: 1,
      uuid: new Uint8Array(16),
      seed: 1,
      published: {},
    };
    const machine = heartbeatMembership.create(init);
    const say = (t: string, a: string) =>
      machine.step({ kind: "message.send", message: textMessage({ t, a }) }, 0, 1).flatMap((output) => {
        if (output.kind === "event") return [output.event.name];
        return output.kind === "message.send" ? [textField(output.message, "t")] : [];
      });
    say("first", "");
    const before = machine.snapshot();
    expect(say("big", noise(100_000))).toEqual(["message.too-large"]);
    expect(machine.snapshot()).toEqual(before);
    expect(say("next", noise(60_000))).toEqual(["next"]);
  });
});
