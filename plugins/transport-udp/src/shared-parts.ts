// What the media of one plugin share: one reader a port, one follower an interface. Made when first needed, forgotten when idle.
import type { Network } from "@systole/sdk";
import type { Medium } from "./config.js";
import { InterfaceFollower, type RetryPauses } from "./interface-follower.js";
import { familyOf, type Binding } from "./plan.js";
import { Reader, type Listener } from "./reader.js";

const RETRY_PAUSES: RetryPauses = { firstMs: 250, lastMs: 10_000 };

export class SharedParts {
  /** Until the platform says that it cannot, sockets are tied to the device. */
  binding: Binding = "device";
  readonly network: Network;
  readonly #pauses: RetryPauses;
  readonly #readers = new Map<string, Reader>();
  readonly #followers = new Map<string, InterfaceFollower>();

  constructor(network: Network, pauses: RetryPauses = RETRY_PAUSES) {
    this.network = network;
    this.#pauses = pauses;
  }

  follower(name: string): InterfaceFollower {
    const follower = this.#followers.get(name) ?? new InterfaceFollower(name, this.network, this.#pauses);
    this.#followers.set(name, follower);
    return follower;
  }

  joinReader(listener: Listener): Reader {
    const key = readerKey(listener.medium);
    const reader = this.#readers.get(key) ?? new Reader(this.network.sockets);
    this.#readers.set(key, reader);
    reader.join(listener);
    return reader;
  }

  async leaveReader(reader: Reader, listener: Listener): Promise<void> {
    const left = reader.leave(listener);
    const key = readerKey(listener.medium);
    if (reader.idle && this.#readers.get(key) === reader) this.#readers.delete(key);
    await left;
  }
}

function readerKey(medium: Medium): string {
  return `${medium.interface} ${familyOf(medium)} ${medium.port}`;
}
