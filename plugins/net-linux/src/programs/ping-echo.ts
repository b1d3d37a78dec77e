// ICMP echo by `ping`, one process a request. `ping` compares the data itself, so an answer carries what was sent: the
// length travels, the bytes do not.
import { SystoleError, type EchoReply, type EchoSocket, type IpFamily } from "@systole/sdk";
import { canonicalIp, parseIp } from "../ip-address.js";
import { runProgram } from "./run-program.js";

const ANSWER_WITHIN_SECONDS = 2;
const MAX_IN_FLIGHT = 16;
const MAX_DATA_BYTES = 65_000;

/** Throws `NETWORK_UNSUPPORTED` when there is no `ping`. */
export async function openPingEcho(
  family: IpFamily,
  signal: AbortSignal,
  onClose: (echo: EchoSocket) => void,
): Promise<EchoSocket> {
  await runProgram("ping", ["-V"], signal);
  signal.throwIfAborted();
  return new PingEcho(family, onClose);
}

class PingEcho implements EchoSocket {
  readonly #family: IpFamily;
  readonly #onClose: (echo: EchoSocket) => void;
  readonly #listeners = new Set<(reply: EchoReply) => void>();
  readonly #closed = new AbortController();
  #inFlight = 0;

  constructor(family: IpFamily, onClose: (echo: EchoSocket) => void) {
    this.#family = family;
    this.#onClose = onClose;
  }

  /** Resolves when the request is on its way to be sent. Rejects with `TRANSPORT_SEND_FAILED`. */
  async send(address: string, sequence: number, data: Uint8Array): Promise<void> {
    if (this.#closed.signal.aborted) throw refused(address, "the socket is closed");
    if (parseIp(address)?.family !== this.#family)
      throw refused(address, `it is not an IPv${this.#family} address`);
    if (data.length > MAX_DATA_BYTES) throw refused(address, `${data.length} bytes do not fit`);
    if (this.#inFlight >= MAX_IN_FLIGHT) throw refused(address, "too many requests wait for an answer", true);
    void this.#ping(canonicalIp(address), sequence & 0xffff, Uint8Array.from(data));
  }

  onReply(listener: (reply: EchoReply) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#listeners.clear();
    this.#closed.abort();
    this.#onClose(this);
  }

  async #ping(from: string, sequence: number, data: Uint8Array): Promise<void> {
    this.#inFlight += 1;
    const wait = String(ANSWER_WITHIN_SECONDS);
    const args = [
      `-${this.#family}`,
      "-n",
      "-q",
      "-c",
      "1",
      "-W",
      wait,
      "-w",
      wait,
      "-s",
      String(data.length),
      from,
    ];
    try {
      const result = await runProgram("ping", args, this.#closed.signal);
      if (result.exitCode !== 0) return;
      for (const listener of this.#listeners) listener({ from, sequence, data });
    } catch {
      // Without an answer: the other end's silence says the same.
    } finally {
      this.#inFlight -= 1;
    }
  }
}

function refused(address: string, reason: string, retryable = false): SystoleError {
  return new SystoleError("TRANSPORT_SEND_FAILED", `cannot send an echo request to ${address}: ${reason}`, {
    retryable,
  });
}
