// Remembers the last frames that were sent, and judges replies: only our own bytes count, and each answer once. Pure.

/** Frames remembered. A reply to an older one is too late to say anything. */
export const WINDOW_FRAMES = 128;

const SEQUENCES = 65536;

interface Sent {
  readonly frame: Uint8Array;
  readonly answeredBy: Set<string>;
}

export class EchoWindow {
  /** In the order of sending. */
  readonly #sent = new Map<number, Sent>();
  readonly #group: boolean;
  #next = 0;

  /** In a group one answer for each frame counts, whichever member it is from. */
  constructor(group: boolean) {
    this.#group = group;
  }

  /** Remembers a frame, which must not change any more. Returns its ICMP sequence. */
  send(frame: Uint8Array): number {
    const sequence = this.#next;
    this.#next = (sequence + 1) % SEQUENCES;
    this.#sent.set(sequence, { frame, answeredBy: new Set() });
    const [oldest] = this.#sent.keys();
    if (oldest !== undefined && this.#sent.size > WINDOW_FRAMES) this.#sent.delete(oldest);
    return sequence;
  }

  /** `foreign`: not an echo of a frame that is remembered. `repeated`: that frame has its answer already. */
  judge(host: string, sequence: number, data: Uint8Array): "answer" | "repeated" | "foreign" {
    const sent = this.#sent.get(sequence);
    if (sent === undefined || !sameBytes(sent.frame, data)) return "foreign";
    const repeated = this.#group ? sent.answeredBy.size > 0 : sent.answeredBy.has(host);
    sent.answeredBy.add(host);
    return repeated ? "repeated" : "answer";
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}
