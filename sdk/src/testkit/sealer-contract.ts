// What every sealer must do, as data: two nodes understand each other over a wire that anybody can tap, cut and feed.
import {
  claimsSealed,
  type Opening,
  type Sealer,
  type SealRefusal,
  type Startable,
} from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectEqual, expectThat } from "./expectations.js";

/** A node's sealer, neither attached nor started. */
export type FreshSealer = Sealer & Partial<Startable>;

export interface SealerSubject {
  /** Two nodes of one cluster that have each other's keys. Their mode is one in which sealed frames are believed. */
  readonly nodes: readonly [one: string, other: string];
  /** A start of one of them: each call is a new start with the same keys. */
  start(node: string): FreshSealer;
  /** A node that calls itself `nodes[0]` and has not got its key. */
  stranger(): FreshSealer;
}

export function sealerOffers(): readonly string[] {
  return [];
}

const LINK = "eth0";
const text = (length: number, seed = 7): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => 32 + ((index * 31 + seed) % 90));

/** The wire between the two: what a sealer has to say for itself arrives at once. */
class Wire {
  readonly heard = new Map<string, Uint8Array[]>();
  readonly #sealers = new Map<string, FreshSealer>();
  readonly #queue: { readonly from: string; readonly frame: Uint8Array }[] = [];
  #isCarrying = false;

  constructor(readonly subject: SealerSubject) {}

  async start(node: string, sealer = this.subject.start(node)): Promise<void> {
    sealer.attach({ send: (frame) => this.carry(node, frame) });
    await sealer.start?.(new AbortController().signal);
    this.#sealers.set(node, sealer);
    this.heard.set(node, []);
  }

  of(node: string): FreshSealer {
    const sealer = this.#sealers.get(node);
    if (sealer === undefined) throw new Error(`${node} was not started`);
    return sealer;
  }

  /** Seals `message` and lets it arrive at the other node. */
  say(node: string, message: Uint8Array): Uint8Array {
    const frame = this.of(node).seal(message, "peers");
    this.carry(node, frame);
    return frame;
  }

  carry(from: string, frame: Uint8Array): void {
    this.#queue.push({ from, frame });
    if (this.#isCarrying) return;
    this.#isCarrying = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
        for (const node of this.#sealers.keys()) if (node !== next.from) this.open(node, next.frame);
    } finally {
      this.#isCarrying = false;
    }
  }

  /** What a node makes of bytes; throwing is a breach of its own. */
  open(node: string, frame: Uint8Array): Opening {
    try {
      const opening = this.of(node).open(frame, LINK);
      if (opening.ok) this.heard.get(node)?.push(...opening.messages.map(({ bytes }) => bytes));
      return opening;
    } catch (thrown) {
      throw new Error(`open threw on ${frame.length} bytes: ${String(thrown)}`, { cause: thrown });
    }
  }

  async close(): Promise<void> {
    for (const sealer of this.#sealers.values()) await sealer.stop?.(new AbortController().signal);
  }
}

/** Both nodes started and proven to each other. */
async function withPair(
  subject: SealerSubject,
  run: (wire: Wire, one: string, other: string) => void | Promise<void>,
): Promise<void> {
  const wire = new Wire(subject);
  const [one, other] = subject.nodes;
  try {
    for (const node of subject.nodes) await wire.start(node);
    for (let round = 0; round < 3; round += 1) for (const node of subject.nodes) wire.say(node, text(8));
    for (const heard of wire.heard.values()) heard.length = 0;
    await run(wire, one, other);
  } finally {
    await wire.close();
  }
}

function expectNothing(opening: Opening, what: string): void {
  expectThat(!opening.ok || opening.messages.length === 0, `${what} became a message`);
}

function expectRefused(opening: Opening, reasons: readonly SealRefusal[], what: string): void {
  expectThat(
    !opening.ok && reasons.includes(opening.reason),
    `${what} is ${JSON.stringify(opening)}, not refused as ${reasons.join(" or ")}`,
  );
}

const pairCase = (
  id: string,
  name: string,
  run: (wire: Wire, one: string, other: string) => void | Promise<void>,
): ContractCase<SealerSubject> => ({ id, name, run: (subject) => withPair(subject, run) });

export const sealerContract: readonly ContractCase<SealerSubject>[] = [
  pairCase("opens-its-peers", "opens what a peer seals, and says which node that is", (wire, one, other) => {
    for (const length of [1, 300, 20_000]) {
      const frame = wire.of(one).seal(text(length), "peers");
      expectEqual(
        wire.open(other, frame),
        { ok: true, messages: [{ node: one, link: LINK, bytes: text(length) }] },
        `a sealed message of ${length} bytes`,
      );
    }
  }),
  pairCase("marks-its-frames", "begins every frame with the mark of sealed frames", (wire, one) => {
    for (const to of ["peers", "self"] as const)
      expectThat(claimsSealed(wire.of(one).seal(text(50), to)), `a frame to ${to} has no mark`);
  }),
  pairCase("hides-its-text", "shows nothing of a message, nor that two are the same", (wire, one) => {
    const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
    const frames = [1, 2, 3].map(() => latin(wire.of(one).seal(text(60), "peers")));
    expectThat(
      !frames.some((frame) => frame.includes(latin(text(60).subarray(0, 12)))),
      "the text can be read",
    );
    expectEqual(
      new Set(frames.map((frame) => frame.slice(-60))).size,
      3,
      "different ends of the same text sealed thrice",
    );
  }),
  pairCase("opens-once", "opens a frame once, also after others", (wire, one, other) => {
    const frames = [1, 2, 3, 4].map((seed) => wire.say(one, text(100, seed)));
    for (const frame of frames)
      expectRefused(wire.open(other, frame), ["replayed"], "a frame that came again");
  }),
  pairCase("takes-what-was-overtaken", "opens a frame that others have overtaken", (wire, one, other) => {
    const early = wire.of(one).seal(text(40), "peers");
    for (let count = 0; count < 60; count += 1) wire.say(one, text(10));
    const opening = wire.open(other, early);
    expectThat(opening.ok && opening.messages.length === 1, "a frame that 60 others overtook was not opened");
  }),
  pairCase(
    "covers-every-byte",
    "makes nothing of a frame of which any byte has changed",
    (wire, one, other) => {
      const frame = wire.of(one).seal(text(80), "peers");
      for (let index = 0; index < frame.length; index += 1) {
        const altered = Uint8Array.from(frame);
        altered[index] = (altered[index] ?? 0) ^ 1;
        expectNothing(wire.open(other, altered), `a frame with byte ${index} changed`);
      }
    },
  ),
  pairCase("covers-the-length", "makes nothing of a frame that was cut or lengthened", (wire, one, other) => {
    const frame = wire.of(one).seal(text(80), "peers");
    for (let length = 0; length < frame.length; length += 1)
      expectNothing(wire.open(other, frame.subarray(0, length)), `the first ${length} bytes of a frame`);
    expectNothing(wire.open(other, Uint8Array.of(...frame, 0)), "a frame with a byte behind it");
  }),
  pairCase(
    "survives-garbage",
    "refuses whatever is no sealed frame, without throwing",
    (wire, one, other) => {
      const mark = wire.of(one).seal(text(1), "peers").subarray(0, 4);
      const bodies = [
        new Uint8Array(),
        text(3),
        new Uint8Array(300),
        text(70_000),
        new Uint8Array(4096).fill(255),
      ];
      for (const body of bodies)
        for (const bytes of [body, Uint8Array.of(...mark, ...body)])
          expectThat(!wire.open(other, bytes).ok, `${bytes.length} bytes of garbage were not refused`);
    },
  ),
  pairCase(
    "refuses-strangers",
    "refuses who has not got a peer's key, whatever it calls itself",
    async (wire, one, other) => {
      const { subject } = wire;
      const stranger = subject.stranger();
      stranger.attach({ send: () => undefined });
      await stranger.start?.(new AbortController().signal);
      const opening = wire.open(other, stranger.seal(text(50), "peers"));
      await stranger.stop?.(new AbortController().signal);
      expectThat(!opening.ok, `what a stranger sealed in the name of ${one} was not refused`);
    },
  ),
  pairCase(
    "keeps-probes-to-itself",
    "opens what it sealed for itself, once, and nobody else does",
    (wire, one, other) => {
      const probe = wire.of(one).seal(text(30), "self");
      expectThat(!wire.open(other, probe).ok, "a peer took in what a node sealed for itself");
      expectEqual(
        wire.open(one, probe),
        { ok: true, messages: [{ node: one, link: LINK, bytes: text(30) }] },
        "its own probe",
      );
      expectRefused(wire.open(one, probe), ["replayed"], "a probe that came back twice");
    },
  ),
  pairCase(
    "lets-own-words-pass",
    "makes nothing of its own words to others, and does not refuse them",
    (wire, one) => {
      const opening = wire.open(one, wire.of(one).seal(text(30), "peers"));
      expectEqual(opening, { ok: true, messages: [] }, "its own words, heard back");
    },
  ),
  pairCase("bounds-its-growth", "says how much a frame is longer than its message", (wire, one) => {
    for (const length of [0, 10, 5000]) {
      const grown = wire.of(one).seal(text(length), "peers").length - length;
      const { overheadBytes } = wire.of(one);
      expectThat(
        grown <= overheadBytes,
        `a frame grew by ${grown} bytes, and overheadBytes is ${overheadBytes}`,
      );
    }
  }),
  pairCase(
    "loses-nothing-at-a-restart",
    "takes in every word of a peer that starts anew",
    async (wire, one, other) => {
      await wire.start(one);
      for (const seed of [1, 2, 3]) wire.say(one, text(20, seed));
      expectEqual(
        wire.heard.get(other),
        [1, 2, 3].map((seed) => text(20, seed)),
        "what was said after a new start",
      );
    },
  ),
  pairCase(
    "forgets-old-starts",
    "makes nothing of frames of a start that is over",
    async (wire, one, other) => {
      const old = [1, 2, 3].map((seed) => wire.of(one).seal(text(20, seed), "peers"));
      await wire.start(one);
      wire.say(one, text(20, 9));
      for (let round = 0; round < 3; round += 1)
        for (const frame of old) expectNothing(wire.open(other, frame), "a frame of an earlier start");
      wire.say(one, text(20, 10));
      expectEqual(wire.heard.get(other)?.at(-1), text(20, 10), "what the new start says");
    },
  ),
  pairCase(
    "trusts-no-record",
    "makes nothing of what was said before it started itself",
    async (wire, one, other) => {
      const before = [1, 2, 3, 4].map((seed) => wire.say(one, text(20, seed)));
      await wire.start(other);
      for (const frame of before) expectNothing(wire.open(other, frame), "a frame from before its start");
      for (const seed of [20, 21]) wire.say(one, text(20, seed));
      expectEqual(wire.heard.get(other)?.at(-1), text(20, 21), "what is said now");
      for (const frame of before) expectNothing(wire.open(other, frame), "a frame from before its start");
    },
  ),
];
