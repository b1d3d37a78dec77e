// Grants to who reaches enough hosts. It never denies: silence tells that this node is cut off, not that another serves.
import type {
  Clock,
  EchoReply,
  EchoSocket,
  IpFamily,
  Network,
  Quorum,
  QuorumAnswer,
  QuorumQuestion,
  Startable,
} from "@systole/sdk";
import type { PingQuorumConfig } from "./config.js";

/** Each target is asked so often within the deadline: one echo may be lost. */
const ECHOES = 3;
const TOKEN_BYTES = 16;

export class PingQuorum implements Quorum, Startable {
  readonly #config: PingQuorumConfig;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #sockets = new Map<IpFamily, EchoSocket>();
  #heard: ((reply: EchoReply) => void) | undefined;
  #sequence = 0;

  constructor(config: PingQuorumConfig, network: Network, clock: Clock) {
    this.#config = config;
    this.#network = network;
    this.#clock = clock;
  }

  /** Throws `NETWORK_UNSUPPORTED` where this process may not ping. */
  async start(signal: AbortSignal): Promise<void> {
    for (const family of new Set(this.#config.targets.map(familyOf))) {
      const socket = await this.#network.sockets.openEcho(family, signal);
      socket.onReply((reply) => this.#heard?.(reply));
      this.#sockets.set(family, socket);
    }
  }

  async stop(): Promise<void> {
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    await Promise.all(sockets.map((socket) => socket.close()));
  }

  async ask(_question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const { need, deadlineMs } = this.#config;
    try {
      const targets = await this.#targetsElsewhere();
      const answered = await this.#ping(targets, signal);
      if (answered >= need) return { kind: "granted" };
      const reason = `${answered} of ${targets.length} targets answered within ${deadlineMs} ms, and ${need} must`;
      return { kind: "unreachable", reason };
    } catch (error) {
      return { kind: "unreachable", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** An address of this host always answers, and proves nothing. */
  async #targetsElsewhere(): Promise<readonly string[]> {
    const own = new Set((await this.#network.addresses.list()).map(({ address }) => address));
    return this.#config.targets.filter((target) => !own.has(target));
  }

  /** Resolves with how many have answered, as soon as these are enough, or when the time is up. */
  #ping(targets: readonly string[], signal: AbortSignal): Promise<number> {
    const { need, deadlineMs } = this.#config;
    const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
    const answered = new Set<string>();
    return new Promise((resolve) => {
      const startMs = this.#clock.nowMs();
      const end = (): void => {
        for (const cancel of cancels) cancel();
        signal.removeEventListener("abort", end);
        this.#heard = undefined;
        resolve(answered.size);
      };
      const send = (): void => {
        for (const target of targets) if (!answered.has(target)) this.#send(target, token);
      };
      const cancels = [
        ...Array.from({ length: ECHOES - 1 }, (_, index) =>
          this.#clock.wakeAt(startMs + ((index + 1) * deadlineMs) / ECHOES, send),
        ),
        this.#clock.wakeAt(startMs + deadlineMs, end),
      ];
      if (signal.aborted) return end();
      signal.addEventListener("abort", end);
      this.#heard = ({ from, data }) => {
        if (!targets.includes(from) || !sameBytes(data, token)) return;
        answered.add(from);
        if (answered.size >= need) end();
      };
      send();
    });
  }

  /** A host that cannot be reached does not answer: that is all there is to say about it. */
  #send(target: string, token: Uint8Array): void {
    this.#sequence = (this.#sequence + 1) % 65_536;
    const sent = this.#sockets.get(familyOf(target))?.send(target, this.#sequence, token);
    sent?.catch(() => undefined);
  }
}

function familyOf(address: string): IpFamily {
  return address.includes(":") ? 6 : 4;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
