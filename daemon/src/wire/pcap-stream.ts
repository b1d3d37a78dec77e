// Reads what `tcpdump -w -` writes: a head, then packets. Only as much is kept as one packet needs.

export interface CapturedPacket {
  readonly wallMs: number;
  /** From the network layer on. */
  readonly packet: Uint8Array;
}

const HEAD_BYTES = 24;
const RECORD_BYTES = 16;
const MAX_RECORD_BYTES = 512 * 1024;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

const ETHERNET = 1;
const ETHERNET_BYTES = 14;
const VLAN_TAGS = new Set([0x8100, 0x88a8]);
/** Bytes before the network layer, by link type: null, raw (two numbers), cooked, loop, cooked 2. */
const PLAIN_LINKS: ReadonlyMap<number, number> = new Map([
  [0, 4],
  [12, 0],
  [101, 0],
  [108, 4],
  [113, 16],
  [276, 20],
]);

interface Head {
  readonly littleEndian: boolean;
  readonly fractionsPerMs: number;
  readonly linkType: number;
}

export class PcapStream {
  #kept: Uint8Array = new Uint8Array();
  #head: Head | undefined;

  /** True when the head has been read: packets may follow. */
  get hasBegun(): boolean {
    return this.#head !== undefined;
  }

  /** Takes more bytes; returns the packets that are whole. Throws `Error` when it is no capture that can be read. */
  push(chunk: Uint8Array): readonly CapturedPacket[] {
    this.#kept = this.#kept.length === 0 ? chunk : new Uint8Array(Buffer.concat([this.#kept, chunk]));
    let at = 0;
    if (this.#head === undefined) {
      if (this.#kept.length < HEAD_BYTES) return [];
      this.#head = readHead(this.#kept);
      at = HEAD_BYTES;
    }
    const head = this.#head;
    const packets: CapturedPacket[] = [];
    const view = viewOf(this.#kept);
    while (this.#kept.length - at >= RECORD_BYTES) {
      const length = view.getUint32(at + 8, head.littleEndian);
      if (length > MAX_RECORD_BYTES) throw new Error(`a captured packet claims to have ${length} bytes`);
      const start = at + RECORD_BYTES;
      if (this.#kept.length - start < length) break;
      const seconds = view.getUint32(at, head.littleEndian);
      const fraction = view.getUint32(at + 4, head.littleEndian);
      const frame = this.#kept.subarray(start, start + length);
      const packet = frame.subarray(networkOffset(frame, head.linkType));
      packets.push({ wallMs: seconds * 1000 + fraction / head.fractionsPerMs, packet });
      at = start + length;
    }
    this.#kept = this.#kept.slice(at);
    return packets;
  }
}

function readHead(bytes: Uint8Array): Head {
  const view = viewOf(bytes);
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(0, littleEndian);
    if (magic !== MICROSECONDS && magic !== NANOSECONDS) continue;
    const linkType = view.getUint32(20, littleEndian) & 0xffff;
    if (linkType !== ETHERNET && !PLAIN_LINKS.has(linkType)) {
      throw new Error(`the link type ${linkType} is unknown here; capture on another interface`);
    }
    return { littleEndian, fractionsPerMs: magic === MICROSECONDS ? 1000 : 1_000_000, linkType };
  }
  throw new Error("what tcpdump wrote is no capture");
}

function networkOffset(frame: Uint8Array, linkType: number): number {
  if (linkType !== ETHERNET) return PLAIN_LINKS.get(linkType) ?? 0;
  let offset = ETHERNET_BYTES;
  while (VLAN_TAGS.has(((frame[offset - 2] ?? 0) << 8) | (frame[offset - 1] ?? 0))) offset += 4;
  return offset;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
