import { token, type Token } from "./token.js";

/**
 * Small named blobs that survive a restart: generation, uuid, claim epochs. Names are `[a-z0-9-]+`.
 * Throws `STORE_FAILED` (retryable where a retry can help).
 */
export interface Store {
  /** The last bytes written, or undefined when there are none. A torn write must read as the previous value. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Replaces the value atomically; resolved only when it would survive a power cut. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes the value; a missing one is not an error. */
  remove(name: string): Promise<void>;
}

export const Store: Token<Store> = token<Store>("store", 1);
