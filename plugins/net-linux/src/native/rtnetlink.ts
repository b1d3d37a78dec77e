// One conversation with the kernel: a request goes out, its answers come back before the call returns (microseconds).
import { SystoleError } from "@systole/sdk";
import {
  NLMSG_DONE,
  NLMSG_ERROR,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTERRUPTED,
  NLM_F_REQUEST,
  decodeAcknowledgement,
  decodeMessages,
  encodeMessage,
  type NetlinkMessage,
} from "../netlink/wire.js";
import { Errno, callFailed, errnoText } from "../network-errors.js";
import type { Libc } from "./libc.js";
import {
  AF_NETLINK,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_SOCKET,
  intOption,
  netlinkSocketAddress,
} from "./socket-address.js";

const NETLINK_ROUTE = 0;
const SOL_NETLINK = 270;
const NETLINK_EXT_ACK = 11;
const SO_RCVTIMEO = 20;
/** The kernel answers while it takes the request; this only bounds a fault. */
const ANSWER_TIMEOUT_MS = 1000;
const MAX_DATAGRAMS = 10_000;
const MAX_DUMPS = 5;
const BUFFER_BYTES = 65_536;

export type Answer =
  | { readonly ok: true; readonly messages: readonly NetlinkMessage[] }
  | { readonly ok: false; readonly errno: number; readonly reason: string };

export class Rtnetlink {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  readonly #kernel = netlinkSocketAddress(0);
  #sequence = 0;

  /** Throws `NETWORK_UNSUPPORTED` when there is no rtnetlink socket to be had. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (this.#fd < 0) throw callFailed("NETWORK_UNSUPPORTED", "open a netlink socket", -this.#fd);
    const timeout = Buffer.alloc(16);
    timeout.writeBigInt64LE(BigInt(ANSWER_TIMEOUT_MS / 1000), 0);
    libc.setOption(this.#fd, SOL_SOCKET, SO_RCVTIMEO, timeout);
    // Best effort: with it the kernel adds a sentence to its errors.
    libc.setOption(this.#fd, SOL_NETLINK, NETLINK_EXT_ACK, intOption(1));
  }

  /** Asks for a change and waits for the kernel's acknowledgement. */
  change(type: number, flags: number, body: Buffer): Answer {
    return this.#exchange(type, NLM_F_REQUEST | NLM_F_ACK | flags, body);
  }

  /** Asks for one object. */
  get(type: number, body: Buffer): Answer {
    return this.#exchange(type, NLM_F_REQUEST | NLM_F_ACK, body);
  }

  /** Asks for all objects; asks again when they changed meanwhile. Throws `NETWORK_UNSUPPORTED` when refused. */
  dump(type: number, body: Buffer): readonly NetlinkMessage[] {
    let messages: readonly NetlinkMessage[] = [];
    for (let attempt = 0; attempt < MAX_DUMPS; attempt += 1) {
      const answer = this.#exchange(type, NLM_F_REQUEST | NLM_F_DUMP, body);
      if (!answer.ok) throw new SystoleError("NETWORK_UNSUPPORTED", `netlink dump failed: ${answer.reason}`);
      messages = answer.messages;
      if (!messages.some((message) => (message.flags & NLM_F_DUMP_INTERRUPTED) !== 0)) break;
    }
    return messages;
  }

  close(): void {
    this.#libc.close(this.#fd);
  }

  #exchange(type: number, flags: number, body: Buffer): Answer {
    this.#sequence = (this.#sequence + 1) >>> 0;
    const sequence = this.#sequence;
    const request = encodeMessage({ type, flags, sequence, body });
    const sent = this.#libc.send(this.#fd, request, this.#kernel);
    if (sent < 0) return failed(-sent);
    const messages: NetlinkMessage[] = [];
    for (let datagrams = 0; datagrams < MAX_DATAGRAMS; datagrams += 1) {
      const received = this.#libc.receive(this.#fd, this.#buffer);
      if (received === -Errno.EINTR) continue;
      if (received <= 0) return failed(received === -Errno.EAGAIN ? Errno.ETIMEDOUT : -received);
      // A copy: answers outlive the buffer.
      for (const message of decodeMessages(Buffer.from(this.#buffer.subarray(0, received)))) {
        if (message.sequence !== sequence) continue;
        if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
          const { errno, text } = decodeAcknowledgement(message);
          return errno === 0 ? { ok: true, messages } : failed(errno, text);
        }
        messages.push(message);
      }
    }
    return failed(Errno.ETIMEDOUT);
  }
}

function failed(errno: number, text?: string): Answer {
  return {
    ok: false,
    errno,
    reason: text === undefined ? errnoText(errno) : `${errnoText(errno)} (${text})`,
  };
}
