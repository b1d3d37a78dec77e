// Listens for other hosts that claim one address, and answers them in time and in moderation.
import type { AddressClaim, AddressSpec, Clock, Logger, Network } from "@systole/sdk";
import { judgeClaim, type Contest } from "./contest.js";
import { ADDRESS_LIMITS } from "./limits.js";

export interface ContestInit {
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Logger;
}

export class ContestedAddress {
  readonly #init: ContestInit;
  readonly #spec: AddressSpec;
  readonly #mayServe: () => boolean;
  #contest: Contest | undefined;
  #endListening: () => void = () => undefined;
  #cancelAnswer: () => void = () => undefined;

  /** `mayServe`: whether this node still holds the address, asked when an answer is due. */
  constructor(init: ContestInit, spec: AddressSpec, mayServe: () => boolean) {
    this.#init = init;
    this.#spec = spec;
    this.#mayServe = mayServe;
  }

  /** Begins to listen, or begins anew: an interface that was made again is another one to the kernel. */
  listen(): void {
    const { network, log } = this.#init;
    this.#endListening();
    this.#endListening = () => undefined;
    try {
      this.#endListening = network.addresses.watchClaims(this.#spec, (claim) => this.#claimed(claim));
    } catch (error) {
      const { address, interface: name } = this.#spec;
      log.warn("address.claims-unheard", { address, interface: name, error: String(error) });
    }
  }

  close(): void {
    this.#endListening();
    this.#cancelAnswer();
  }

  /** Tells the network who has the address, when nodes that meet again have agreed on that. */
  announceLater(): void {
    this.#announceAt(this.#init.clock.nowMs() + ADDRESS_LIMITS.answerClaimAfterMs);
  }

  #claimed({ address, interface: name, mac }: AddressClaim): void {
    const { contest, tell, answerAtMs, once } = judgeClaim(this.#contest, this.#init.clock.nowMs());
    this.#contest = contest;
    const { claims, answers } = contest;
    if (tell) this.#init.log.warn("address.contested", { address, interface: name, mac, claims, answers });
    if (answerAtMs !== undefined) this.#announceAt(answerAtMs, once);
  }

  #announceAt(atMs: number, once = false): void {
    this.#cancelAnswer();
    this.#cancelAnswer = this.#init.clock.wakeAt(atMs, () => void this.#announce(once));
  }

  async #announce(once: boolean): Promise<void> {
    if (!this.#mayServe()) return;
    const { network, log } = this.#init;
    const { address, interface: name } = this.#spec;
    try {
      await network.addresses.announce(this.#spec, once ? { repeat: 1 } : undefined);
      log.info("address.announced-again", { address, interface: name });
    } catch (error) {
      log.error("address.announce-failed", { address, interface: name, error: String(error) });
    }
  }
}
