// Judges and signs frames with the keys of an authkeys file, for tools. The keys stay inside.
import { ClassicAuthenticator } from "@systole/auth-classic";
import type { Authenticator, Verdict } from "@systole/core/ports";
import type { UsableKeys } from "./authkeys-file.js";

export class WireKeys {
  readonly #keys: UsableKeys;
  readonly #signers = new Map<number, Authenticator>();

  constructor(keys: UsableKeys) {
    this.#keys = keys;
  }

  /** As a daemon with this file would: by the entry that the signature names, crc only when crc signs. Never throws. */
  verify(bytes: Uint8Array, signature: string): Verdict {
    const daemon = this.signer(this.#keys.sign);
    return daemon?.verify(bytes, signature) ?? { ok: false, reason: "unknown-key" };
  }

  /** Signs with that entry; undefined when there is none. */
  signer(index: number): Authenticator | undefined {
    const { keys } = this.#keys;
    if (!keys.some((key) => key.index === index)) return undefined;
    const known = this.#signers.get(index);
    if (known !== undefined) return known;
    const made = new ClassicAuthenticator({ sign: index, keys: classicKeys(this.#keys) });
    this.#signers.set(index, made);
    return made;
  }
}

type ClassicKeys = ConstructorParameters<typeof ClassicAuthenticator>[0]["keys"];

function classicKeys({ keys }: UsableKeys): ClassicKeys {
  return keys.map(({ index, method, key }) =>
    method === "crc" ? { index, method } : { index, method, key: key ?? "" },
  );
}
