// Takes addresses away when this daemon cannot: a part that goes on while the daemon is dead, stopped or busy.
import type { AddressSpec } from "./network.js";

export type GuardedAddress = Pick<AddressSpec, "address" | "prefixLength" | "interface">;

export interface AddressGuardView {
  /** `down`: nobody watches at the moment. */
  readonly state: "starting" | "watching" | "down";
  /** Addresses go after so much silence. */
  readonly afterMs: number;
  /** Of its process. */
  readonly pid?: number;
  /** How often it was started again after it had ended unasked. */
  readonly restarts: number;
}

/**
 * Removes addresses from this host, without this process: at once when it ends, however it ends, and as soon as it has said
 * no sign of life for `afterMs`. What it does wrong is logged; nothing here throws or waits.
 */
export interface AddressGuard {
  /** From now on it watches. Once; before anything else here. */
  open(afterMs: number): void;
  /** Call it before the address is added, so that none is ever without its guard. Each address only once, as on any host. */
  hold(address: GuardedAddress): void;
  /** Call it after the address was removed. One that is not held is none of its business. */
  letGo(address: string): void;
  /** This daemon makes progress at this moment. */
  feed(): void;
  /** Undefined before `open` and after `close`. */
  view(): AddressGuardView | undefined;
  /** Resolves when nobody watches any more; what is held still is removed. The network that it belongs to calls it as it stops. */
  close(): Promise<void>;
}
