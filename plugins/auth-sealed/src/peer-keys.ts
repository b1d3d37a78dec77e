// Keys that a peer says are its own, under the seal of one that is known: kept on disk first, and only then counted on.
import type { Logger } from "@systole/sdk";
import type { KeyDirectory } from "./key-directory.js";
import type { KeyRing } from "./key-ring.js";
import { PublicKey } from "./node-key.js";

export interface PeerKeysInit {
  readonly directory: KeyDirectory;
  readonly log: Logger;
  readonly ring: () => KeyRing;
  /** Other keys of the node count from now on. */
  readonly changed: (node: string, keys: readonly PublicKey[]) => void;
}

export class PeerKeys {
  readonly #wanted = new Map<string, string>();
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly init: PeerKeysInit) {}

  /** `sender` is the key that sealed the notice: what a node says of its keys must name it. */
  heard(node: string, sender: PublicKey, told: readonly Uint8Array[]): void {
    const { ring } = this.init;
    const known = ring().keysOf(node);
    if (sameKeys(known, told)) return;
    const keys = told.flatMap(publicKey).filter(({ id }) => this.#isFreeFor(node, id));
    const list = listOf(keys);
    if (list === listOf(known) || !keys.some(({ id }) => id === sender.id) || this.#wanted.get(node) === list)
      return;
    this.#wanted.set(node, list);
    this.#work = this.#work.then(() => this.#keep(node, keys));
  }

  settled(): Promise<void> {
    return this.#work;
  }

  /** Nobody takes a revoked key back, nor one that is another node's. */
  #isFreeFor(node: string, id: string): boolean {
    const ring = this.init.ring();
    const owner = ring.ownerOf(id)?.node ?? node;
    return ring.revokedNode(id) === undefined && owner === node && ring.ownKey(id) === undefined;
  }

  async #keep(node: string, keys: readonly PublicKey[]): Promise<void> {
    const { directory, log, changed } = this.init;
    try {
      if (!keys.every(({ id }) => this.#isFreeFor(node, id)) || this.init.ring().keysOf(node).length === 0)
        return;
      await directory.writePublic(node, keys);
      changed(node, keys);
      log.info("key.learned", { node, keys: keys.map(({ id }) => id) });
    } catch (error) {
      // The sender goes on with the key that is known here, and shows that it waits for this node.
      log.error("key.learn-failed", { node, reason: String(error) });
    } finally {
      this.#wanted.delete(node);
    }
  }
}

function publicKey(bytes: Uint8Array): readonly PublicKey[] {
  try {
    return [new PublicKey(bytes)];
  } catch {
    return []; // A peer says that this is its key, and it is none.
  }
}

function sameKeys(known: readonly PublicKey[], told: readonly Uint8Array[]): boolean {
  return (
    known.length === told.length &&
    known.every((key, index) => Buffer.from(key.bytes).equals(told[index] ?? Buffer.alloc(0)))
  );
}

function listOf(keys: readonly PublicKey[]): string {
  return keys.map(({ id }) => id).join();
}
