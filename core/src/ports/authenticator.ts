import { token, type Token } from "./token.js";

/** Why a signature was refused. Data, not an exception: the outside world may send anything. */
export type RefusalReason = "malformed" | "unknown-key" | "mismatch";

export type Verdict =
  | { readonly ok: true; readonly key: number }
  | { readonly ok: false; readonly reason: RefusalReason };

/**
 * Signs frames and judges signatures. A signature is the text `<key index> <digest>`, as it stands on the wire. Several
 * keys may be accepted at once; one signs. Keys never leave the object. Comparison takes constant time, and a digest
 * counts only in full length. Neither method throws.
 */
export interface Authenticator {
  readonly supports: {
    readonly keyed: boolean;
    /** More than one key is listed: nodes may sign with different ones for now. Absent: false. */
    readonly rotating?: boolean;
  };
  sign(bytes: Uint8Array): string;
  /** `signature` is untrusted text. */
  verify(bytes: Uint8Array, signature: string): Verdict;
}

export const Authenticator: Token<Authenticator> = token<Authenticator>("authenticator", 1);
