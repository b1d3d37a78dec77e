// Keys of nodes: X25519, one pair a node. The secret half stays inside its object and in one file on its own node.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";

export const KEY_BYTES = 32;
export const KEY_ID_BYTES = 8;
export const EPOCH_BYTES = 16;

const PURPOSE = "systole sealed frame 1";

/** To try out whether a public key can be agreed on. */
const anyPrivateKey = generateKeyPairSync("x25519").privateKey;

/** The public half of a node's key. */
export class PublicKey {
  /** The first 8 bytes of the key's SHA-256, in hex: names it on the wire and for people. */
  readonly id: string;
  readonly idBytes: Uint8Array;
  readonly #key: KeyObject;

  /** Throws a TypeError for bytes that are no public key, or one that leads to the same secret with everybody. */
  constructor(readonly bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) throw new TypeError(`a key has ${KEY_BYTES} bytes`);
    const x = Buffer.from(bytes).toString("base64url");
    this.#key = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });
    try {
      diffieHellman({ privateKey: anyPrivateKey, publicKey: this.#key });
    } catch (cause) {
      throw new TypeError("this key can be agreed on with nobody", { cause });
    }
    this.idBytes = createHash("sha256").update(bytes).digest().subarray(0, KEY_ID_BYTES);
    this.id = Buffer.from(this.idBytes).toString("hex");
  }

  get key(): KeyObject {
    return this.#key;
  }
}

/** Both halves, of this node. Neither JSON nor an inspector can look at the secret one. */
export class SecretKey {
  readonly public: PublicKey;
  readonly #key: KeyObject;
  readonly #secret: Uint8Array;

  /** Throws a TypeError for bytes that are no key. */
  constructor(secret: Uint8Array) {
    if (secret.length !== KEY_BYTES) throw new TypeError(`a key has ${KEY_BYTES} bytes`);
    this.#secret = Uint8Array.from(secret);
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, secret]), format: "der", type: "pkcs8" });
    const { x = "" } = createPublicKey(this.#key).export({ format: "jwk" });
    this.public = new PublicKey(Buffer.from(x, "base64url"));
  }

  static generate(): SecretKey {
    const { d = "" } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
    return new SecretKey(Buffer.from(d, "base64url"));
  }

  /** For the file that keeps it. */
  expose(): Uint8Array {
    return this.#secret;
  }

  /** What only the two owners of the keys can compute. Throws for a public key that leads nowhere. */
  agree(peer: PublicKey): Uint8Array {
    return diffieHellman({ privateKey: this.#key, publicKey: peer.key });
  }
}

/** What stands before the 32 bytes of an X25519 key in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");

/** Derives the key of one direction between two nodes, for one start of the sender. */
export function directionKey(
  agreed: Uint8Array,
  epoch: Uint8Array,
  sender: PublicKey,
  receiver: PublicKey,
): Uint8Array {
  const purpose = Buffer.concat([Buffer.from(PURPOSE), sender.bytes, receiver.bytes]);
  return new Uint8Array(hkdfSync("sha256", agreed, epoch, purpose, KEY_BYTES));
}
