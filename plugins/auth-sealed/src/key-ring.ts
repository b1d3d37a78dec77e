// The keys in use, in memory: whose is which, and what each pair of nodes agrees on. A ring does not change; another one
// takes its place.
import type { RevokedKey } from "./key-files.js";
import type { PublicKey, SecretKey } from "./node-key.js";

export class KeyRing {
  /** Names of the other nodes whose keys are known, sorted. */
  readonly peers: readonly string[];
  readonly #owners = new Map<string, { readonly node: string; readonly key: PublicKey }>();
  readonly #revoked: ReadonlyMap<string, string>;
  readonly #agreed = new Map<string, Uint8Array>();

  constructor(
    readonly self: string,
    /** The newest last. */
    readonly own: readonly SecretKey[],
    private readonly nodes: ReadonlyMap<string, readonly PublicKey[]>,
    readonly revoked: readonly RevokedKey[],
  ) {
    this.peers = [...nodes.keys()].filter((node) => node !== self).toSorted();
    this.#revoked = new Map(revoked.map(({ node, key }) => [key.id, node]));
    for (const node of this.peers)
      for (const key of this.keysOf(node)) this.#owners.set(key.id, { node, key });
  }

  /** The newest last. */
  keysOf(node: string): readonly PublicKey[] {
    return this.nodes.get(node) ?? [];
  }

  /** The peer that has the key. */
  ownerOf(id: string): { readonly node: string; readonly key: PublicKey } | undefined {
    return this.#owners.get(id);
  }

  ownKey(id: string): SecretKey | undefined {
    return this.own.find((key) => key.public.id === id);
  }

  /** The node whose revoked key that is. */
  revokedNode(id: string): string | undefined {
    return this.#revoked.get(id);
  }

  withOwn(own: readonly SecretKey[]): KeyRing {
    return new KeyRing(this.self, own, this.nodes, this.revoked);
  }

  withKeysOf(node: string, keys: readonly PublicKey[]): KeyRing {
    return new KeyRing(this.self, this.own, new Map(this.nodes).set(node, keys), this.revoked);
  }

  /** What the owners of the two keys alone can compute. Throws for a key that leads nowhere. */
  agreed(own: SecretKey, peer: PublicKey): Uint8Array {
    const pair = `${own.public.id} ${peer.id}`;
    const known = this.#agreed.get(pair);
    if (known !== undefined) return known;
    const agreed = own.agree(peer);
    this.#agreed.set(pair, agreed);
    return agreed;
  }
}
