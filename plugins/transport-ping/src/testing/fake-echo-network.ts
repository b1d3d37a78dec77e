// A Network that can only ping, without a network: the test says which hosts answer, and how.
import type { Clock, EchoReply, EchoSocket, IpFamily, Network } from "@systole/sdk";

export interface Pinged {
  readonly address: string;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** What comes back for a request; by default one faithful reply of the host itself. */
export type Answer = (request: Pinged) => readonly EchoReply[];

export const faithful: Answer = ({ address, sequence, data }) => [
  { from: address, sequence, data: Uint8Array.from(data) },
];

export class FakeEchoNetwork implements Pick<Network, "sockets"> {
  readonly pinged: Pinged[] = [];
  readonly openSockets = new Set<EchoSocket>();
  readonly refusedFamilies = new Set<IpFamily>();
  refusal: Error = new Error("refused on purpose");
  answer: Answer = faithful;
  sendError: Error | undefined;
  #listeners = new Set<(reply: EchoReply) => void>();

  readonly sockets: Network["sockets"] = {
    boundUdp: () => undefined,
    openEcho: async (family, signal) => {
      signal.throwIfAborted();
      if (this.refusedFamilies.has(family)) throw this.refusal;
      return this.#open();
    },
  };

  get network(): Network {
    return this as unknown as Network;
  }

  reply(reply: EchoReply): void {
    for (const listener of this.#listeners) listener(reply);
  }

  #open(): EchoSocket {
    let heard: ((reply: EchoReply) => void) | undefined;
    const socket: EchoSocket = {
      send: async (address, sequence, data) => {
        if (this.sendError !== undefined) throw this.sendError;
        const request = { address, sequence, data };
        this.pinged.push(request);
        const replies = this.answer(request);
        setImmediate(() => {
          for (const reply of replies) heard?.(reply);
        });
      },
      onReply: (listener) => {
        heard = listener;
        this.#listeners.add(listener);
      },
      close: async () => {
        this.openSockets.delete(socket);
      },
    };
    this.openSockets.add(socket);
    return socket;
  }
}

export class FakeClock implements Clock {
  now = 1000;

  nowMs(): number {
    return this.now;
  }

  wallMs(): number {
    return this.now;
  }

  wakeAt(): () => void {
    return () => undefined;
  }
}
