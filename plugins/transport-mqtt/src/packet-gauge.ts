// Looks at nothing but the lengths that packets claim, so that a broker which announces 256 MB is cut off before they come.
// The packet library itself would collect them.

/** Bytes of a length field at most, as the protocol says. */
const MAX_LENGTH_BYTES = 4;

export class PacketGauge {
  /** Bytes of the present packet that are still to come; before its length is known, 0. */
  private rest = 0;
  private inLength = false;
  private length = 0;
  private lengthBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** The claimed length of a packet that is too large, or of a length field that never ends; undefined while all is well. */
  feed(bytes: Uint8Array): number | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (this.rest > 0) {
        const taken = Math.min(this.rest, bytes.length - at);
        this.rest -= taken;
        at += taken;
        continue;
      }
      const byte = bytes[at] ?? 0;
      at += 1;
      if (!this.inLength) {
        this.inLength = true;
        this.length = 0;
        this.lengthBytes = 0;
        continue;
      }
      this.length += (byte & 0x7f) * 128 ** this.lengthBytes;
      this.lengthBytes += 1;
      const isLast = (byte & 0x80) === 0;
      if (this.length > this.maxBytes || (!isLast && this.lengthBytes === MAX_LENGTH_BYTES))
        return this.length;
      if (!isLast) continue;
      this.inLength = false;
      this.rest = this.length;
    }
    return undefined;
  }
}
