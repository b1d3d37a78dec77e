// Classic BPF programs that let through only what claims one address: the kernel drops everything else, so that a busy
// segment costs nothing. Pure. Frames begin with the Ethernet header.
import type { IpAddress } from "../ip-address.js";
import { NEIGHBOUR_ADVERTISEMENT, NEIGHBOUR_SOLICITATION, ICMPV6 } from "./neighbour-advertisement.js";

/** The bytes at `offset` are `value`; one byte or four. */
interface Check {
  readonly bytes: 1 | 4;
  readonly offset: number;
  readonly value: number;
}

const LOAD_WORD = 0x20;
const LOAD_BYTE = 0x30;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const WHOLE_FRAME = 0xffff;
const INSTRUCTION_BYTES = 8;

/** ARP: the sender says that it has the address, or it asks for it without having one itself (a probe). */
const ARP_SENDER = 28;
const ARP_TARGET = 38;
/** IPv6 without extension headers: others are not neighbour discovery that a host would believe. */
const IPV6_NEXT_HEADER = 20;
const IPV6_SOURCE = 22;
const ICMPV6_TYPE = 54;
const ICMPV6_TARGET = 62;

export function claimFilter(ip: IpAddress): Buffer {
  const isAt = (offset: number): Check[] => words(ip.bytes, offset);
  if (ip.family === 4) {
    return program([isAt(ARP_SENDER), [...words(Buffer.alloc(4), ARP_SENDER), ...isAt(ARP_TARGET)]]);
  }
  const icmp: Check = { bytes: 1, offset: IPV6_NEXT_HEADER, value: ICMPV6 };
  const type = (value: number): Check => ({ bytes: 1, offset: ICMPV6_TYPE, value });
  const unspecified = words(Buffer.alloc(16), IPV6_SOURCE);
  return program([
    [icmp, type(NEIGHBOUR_ADVERTISEMENT), ...isAt(ICMPV6_TARGET)],
    [icmp, type(NEIGHBOUR_SOLICITATION), ...unspecified, ...isAt(ICMPV6_TARGET)],
  ]);
}

function words(bytes: Buffer, offset: number): Check[] {
  return Array.from({ length: bytes.length / 4 }, (_, index) => ({
    bytes: 4 as const,
    offset: offset + index * 4,
    value: bytes.readUInt32BE(index * 4),
  }));
}

/** Accepts a frame for which all checks of one of the alternatives hold. */
function program(alternatives: readonly (readonly Check[])[]): Buffer {
  const code = alternatives.flatMap((checks) => {
    const length = checks.length * 2 + 1;
    const compared = checks.flatMap((check, index) => [
      instruction(check.bytes === 1 ? LOAD_BYTE : LOAD_WORD, check.offset),
      // Where it does not hold, on to the next alternative: behind the `return` of this one.
      instruction(JUMP_IF_EQUAL, check.value, length - (index * 2 + 2)),
    ]);
    return [...compared, instruction(RETURN, WHOLE_FRAME)];
  });
  return Buffer.concat([...code, instruction(RETURN, 0)]);
}

/** struct sock_filter; a jump that succeeds goes on with the next instruction. */
function instruction(operation: number, value: number, jumpIfFalse = 0): Buffer {
  const bytes = Buffer.alloc(INSTRUCTION_BYTES);
  bytes.writeUInt16LE(operation, 0);
  bytes[3] = jumpIfFalse;
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
