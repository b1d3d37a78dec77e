// The package has no types. Only its synchronous core is used: the stream around it collects without a bound.
declare module "@openpgp/unbzip2-stream/lib/bzip2.js" {
  /** Reads that many bits, most significant first; `null` skips to the next whole byte. */
  export type ReadBits = (count: number | null) => number;

  interface Bzip2 {
    /** Reads the head of a stream: the size of its blocks, in 100 000 bytes. Throws when it is none. */
    header(bits: ReadBits): number;
    /** Reads a block; answers the checksum so far, or null at the end of the stream. Throws when it is damaged. */
    decompress(
      bits: ReadBits,
      put: (byte: number) => void,
      block: Int32Array,
      blockLength: number,
      checksum: number,
    ): number | null;
  }
  const bzip2: Bzip2;
  export default bzip2;
}
