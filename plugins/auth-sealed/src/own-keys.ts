// This node's own keys on their way from the old one to the new one. What is written comes before what is said.
import type { Clock, Logger } from "@systole/sdk";
import type { KeyDirectory } from "./key-directory.js";
import type { KeyRing } from "./key-ring.js";
import { MAX_NODE_KEYS, RETIRE_AFTER_MS } from "./limits.js";
import { SecretKey } from "./node-key.js";
import { rotationState, type RotationState } from "./rotation.js";

export interface OwnKeysInit {
  readonly directory: KeyDirectory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ring: () => KeyRing;
  /** Other keys of this node count from now on. */
  readonly changed: (own: readonly SecretKey[]) => void;
  /** The peers should hear of it. */
  readonly tell: () => void;
}

export class OwnKeys {
  #acknowledged = new Set<string>();
  #activatedAtMs: number | undefined;
  #cancel: (() => void) | undefined;
  #isWriting = false;

  constructor(private readonly init: OwnKeysInit) {}

  state(): RotationState {
    const { own, peers } = this.init.ring();
    return rotationState({
      keys: own.length,
      peers,
      acknowledged: this.#acknowledged,
      activatedAtMs: this.#activatedAtMs,
      nowMs: this.init.clock.nowMs(),
    });
  }

  /** A peer has sealed something for this node's key. */
  sealedFor(peer: string, key: SecretKey): void {
    const { own } = this.init.ring();
    if (own.length < MAX_NODE_KEYS || key !== own.at(-1) || this.#acknowledged.has(peer)) return;
    this.#acknowledged.add(peer);
    this.advance();
  }

  /** Begins. Throws `KEYS_INVALID` when the new key cannot be kept; then nothing has changed. */
  async rotate(): Promise<void> {
    const { directory, log, ring, changed, tell } = this.init;
    const { self, own } = ring();
    const keys = [...own, SecretKey.generate()];
    await directory.writeSecret(self, keys);
    await directory.writePublic(
      self,
      keys.map((key) => key.public),
    );
    this.#acknowledged = new Set();
    this.#activatedAtMs = undefined;
    changed(keys);
    log.info("key.added", { key: keys.at(-1)?.public.id });
    tell();
    this.advance();
  }

  /** Takes the next step if it is due. */
  advance(): void {
    const { step, waitsFor, canRetire } = this.state();
    if (canRetire) return void this.#retire();
    if (step === "add" && waitsFor.length === 0) this.#activate();
  }

  stop(): void {
    this.#cancel?.();
  }

  #activate(): void {
    const { clock, log, ring, tell } = this.init;
    const nowMs = clock.nowMs();
    this.#activatedAtMs = nowMs;
    log.info("key.activated", { key: ring().own.at(-1)?.public.id });
    tell();
    this.#cancel?.();
    this.#cancel = clock.wakeAt(nowMs + RETIRE_AFTER_MS, () => this.advance());
  }

  async #retire(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    const { clock, directory, log, ring, changed, tell } = this.init;
    const { self, own } = ring();
    const keys = own.slice(-1);
    try {
      await directory.writeSecret(self, keys);
      await directory.writePublic(
        self,
        keys.map((key) => key.public),
      );
      this.#activatedAtMs = undefined;
      changed(keys);
      log.info("key.retired", { key: own[0]?.public.id });
      tell();
    } catch (error) {
      // Both keys go on counting, everywhere.
      log.error("key.retire-failed", { reason: String(error) });
      this.#cancel = clock.wakeAt(clock.nowMs() + RETIRE_AFTER_MS, () => this.advance());
    } finally {
      this.#isWriting = false;
    }
  }
}
