// Follows one interface for all media on it: looks at it at the start, when it changes, and again while something is missing.
import type { HeldAddress, LinkEvent, Network, NetworkInterface } from "@systole/sdk";
import { firstAddress, type InterfaceFacts } from "./plan.js";

/** Pauses between two looks while a part is not fitted: doubled each time, from the first to the last. */
export interface RetryPauses {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Something that rests on the interface. */
export interface FollowingPart {
  /** Adapts to the interface as it is. True: nothing is missing. Never rejects. */
  fit(facts: InterfaceFacts): Promise<boolean>;
  /** The interface could not be looked at. */
  blind(error: Error): void;
}

export class InterfaceFollower {
  readonly #name: string;
  readonly #network: Network;
  readonly #pauses: RetryPauses;
  readonly #parts = new Set<FollowingPart>();
  #unwatch: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseMs: number;
  #fitting: Promise<void> | undefined;
  #lookAgain = false;
  #fitted = true;
  #flaps = 0;
  #carrierLost = false;
  #facts: InterfaceFacts | undefined;

  constructor(name: string, network: Network, pauses: RetryPauses) {
    this.#name = name;
    this.#network = network;
    this.#pauses = pauses;
    this.#pauseMs = pauses.firstMs;
  }

  get idle(): boolean {
    return this.#parts.size === 0;
  }

  /** The part is fitted now and at every change. Resolves when it was fitted for the first time. */
  async join(part: FollowingPart): Promise<void> {
    this.#parts.add(part);
    this.#unwatch ??= this.#network.links.watch((event) => this.#onEvent(event));
    await this.#fitAll();
  }

  leave(part: FollowingPart): void {
    this.#parts.delete(part);
    if (!this.idle) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Something does not work: look again after a pause. Costs nothing when that is planned already. The pauses grow until
   * the kernel reports a change, or what was missing is there.
   */
  suspect(): void {
    if (this.#timer !== undefined || this.idle) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#fitAll();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#pauses.lastMs);
  }

  #onEvent(event: LinkEvent): void {
    if (event.kind === "link") {
      if (event.interface.name !== this.#name) return;
      this.#noteCarrier(event.interface);
    } else {
      if (event.held.interface !== this.#name) return;
      if (event.change === "removed" && this.#restsOn(event.held)) this.#flaps += 1;
    }
    this.#pauseMs = this.#pauses.firstMs;
    void this.#fitAll();
  }

  #restsOn(held: HeldAddress): boolean {
    return this.#facts !== undefined && firstAddress(this.#facts, held.family)?.address === held.address;
  }

  #noteCarrier(link: NetworkInterface | undefined): void {
    if (link?.up !== true || !link.running) this.#carrierLost = true;
    else if (this.#carrierLost) {
      this.#carrierLost = false;
      this.#flaps += 1;
    }
  }

  async #look(): Promise<InterfaceFacts> {
    const [links, held] = await Promise.all([this.#network.links.list(), this.#network.addresses.list()]);
    const link = links.find(({ name }) => name === this.#name);
    this.#noteCarrier(link);
    const addresses = held.filter((one) => one.interface === this.#name);
    this.#facts = { name: this.#name, link, addresses, flaps: this.#flaps };
    return this.#facts;
  }

  /** One look at a time; what happens meanwhile is answered by one more. Resolves after a look that began later. */
  #fitAll(): Promise<void> {
    this.#lookAgain = true;
    this.#fitting ??= this.#fitWhileAsked();
    return this.#fitting;
  }

  async #fitWhileAsked(): Promise<void> {
    let fitted = true;
    while (this.#lookAgain && !this.idle) {
      this.#lookAgain = false;
      fitted = await this.#fitOnce();
    }
    this.#fitting = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (fitted && !this.#fitted) this.#pauseMs = this.#pauses.firstMs;
    this.#fitted = fitted;
    if (!fitted) this.suspect();
  }

  async #fitOnce(): Promise<boolean> {
    try {
      const facts = await this.#look();
      const outcomes = await Promise.all([...this.#parts].map((part) => part.fit(facts)));
      return outcomes.every(Boolean);
    } catch (error) {
      for (const part of this.#parts) part.blind(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }
}
