// Keeps the addresses that this node holds: renews their leases and feeds their guard with the engine's signs of life, puts back
// what somebody else takes away, and tells the network again when another host claims one.
import {
  token,
  type AddressGuard,
  type AddressSpec,
  type Clock,
  type LinkEvent,
  type Logger,
  type Network,
  type Pulse,
  type Startable,
  type Token,
} from "@systole/sdk";
import type { AddressConfig } from "./address-config.js";
import { ContestedAddress } from "./contested-address.js";
import { ADDRESS_LIMITS } from "./limits.js";
import { judgeLoss } from "./put-back-rule.js";

export const Keeper: Token<AddressKeeper> = token<AddressKeeper>("ipaddr-keeper", 1);

interface Kept {
  readonly spec: AddressSpec;
  readonly contested: ContestedAddress;
  /** When the kernel was last told to keep it. */
  renewedMs: number;
  lossesMs: readonly number[];
  /** Why it is kept no longer, for the operator. */
  givenUp?: string;
  /** The change of this address that is under way. */
  change?: Promise<void>;
}

export interface KeeperInit {
  readonly network: Network;
  readonly pulse: Pulse;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: AddressConfig;
}

export class AddressKeeper implements Startable {
  readonly #init: KeeperInit;
  /** By address: a node has each only once. */
  readonly #kept = new Map<string, Kept>();
  readonly #downInterfaces = new Set<string>();
  /** Watches over what is held while this process cannot; undefined: nobody does. */
  #guard: AddressGuard | undefined;
  #lastPulseMs: number | undefined;
  #ends: readonly (() => void)[] = [];

  constructor(init: KeeperInit) {
    this.#init = init;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { network, pulse, log, config } = this.#init;
    this.#ends = [network.links.watch((event) => this.#heard(event)), pulse.onPulse(() => this.#pulsed())];
    if (config.leaseMs !== undefined) log.info("address.leases", { leaseMs: config.leaseMs });
    if (config.guardMs === undefined) return;
    this.#guard = network.guard;
    if (this.#guard === undefined) log.warn("address.unguarded", { guardMs: config.guardMs });
    else this.#guard.open(config.guardMs);
  }

  /** What is still held is taken away by the guard, or by the kernel when its lease is over; without either it stays. */
  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    this.#ends = [];
    for (const address of this.#kept.keys()) await this.letGo(address);
  }

  /** Adds the address, with its lease, and keeps it from now on. Throws what the network says. */
  async hold(spec: AddressSpec): Promise<"added" | "present"> {
    await this.letGo(spec.address);
    const nowMs = this.#init.clock.nowMs();
    this.#guard?.hold(spec);
    const result = await this.#add(spec).catch((error: unknown) => {
      this.#guard?.letGo(spec.address);
      throw error;
    });
    const kept: Kept = {
      spec,
      renewedMs: nowMs,
      lossesMs: [],
      contested: new ContestedAddress(this.#init, spec, () => this.#mayServe(kept)),
    };
    this.#kept.set(spec.address, kept);
    if (this.#ends.length > 0) kept.contested.listen();
    return result;
  }

  /** Resolves when nothing that was begun for the address can add it any more. It is not removed. */
  async letGo(address: string): Promise<void> {
    const kept = this.#kept.get(address);
    if (kept === undefined) return;
    this.#kept.delete(address);
    kept.contested.close();
    await kept.change;
  }

  /** An address that is kept no more has been removed: nobody needs to do it. */
  removed(address: string): void {
    this.#guard?.letGo(address);
  }

  /** Why an address that should be held is not kept any more; undefined while all is well. */
  troubleOf(address: string): string | undefined {
    return this.#kept.get(address)?.givenUp;
  }

  /** Of a node that was silent for so long that another one may serve, nothing is put back. */
  #pulsed(): void {
    const { clock, config } = this.#init;
    const nowMs = clock.nowMs();
    const silentMs = nowMs - (this.#lastPulseMs ?? nowMs);
    this.#lastPulseMs = nowMs;
    this.#guard?.feed();
    if (this.#goesAfterMs() === undefined) return;
    for (const kept of this.#kept.values()) {
      if (kept.givenUp !== undefined) continue;
      if (silentMs >= config.deadMs) this.#forfeit(kept, silentMs);
      else if (this.#isDue(kept, nowMs, silentMs))
        this.#change(kept, () => this.#renew(kept, nowMs, silentMs));
    }
  }

  /** After so much silence an address is taken away by others than this process; undefined: never. */
  #goesAfterMs(): number | undefined {
    const { leaseMs = Number.POSITIVE_INFINITY, guardMs = Number.POSITIVE_INFINITY } = this.#init.config;
    const afterMs = Math.min(leaseMs, this.#guard === undefined ? Number.POSITIVE_INFINITY : guardMs);
    return Number.isFinite(afterMs) ? afterMs : undefined;
  }

  /** Also where it is there still: a machine that stood still as a whole has taken nothing away. */
  #forfeit(kept: Kept, silentMs: number): void {
    const { log, network } = this.#init;
    log.error("address.forfeited", { ...whereOf(kept), silentMs: Math.round(silentMs) });
    kept.givenUp = `${kept.spec.address} went while this node stood still for ${seconds(silentMs)}: another node may have it`;
    const before = kept.change ?? Promise.resolve();
    delete kept.change;
    this.#change(kept, async () => {
      await before;
      await network.addresses.remove(kept.spec);
      this.removed(kept.spec.address);
    });
  }

  /** On an interface that is down nobody is answered: what goes meanwhile comes back with it. */
  #isDue({ spec, renewedMs }: Kept, nowMs: number, silentMs: number): boolean {
    if (this.#downInterfaces.has(spec.interface)) return false;
    const { leaseMs } = this.#init.config;
    const renewal = leaseMs !== undefined && nowMs - renewedMs >= leaseMs / ADDRESS_LIMITS.renewalsPerLease;
    return renewal || this.#mayHaveGone(silentMs);
  }

  async #renew(kept: Kept, nowMs: number, silentMs: number): Promise<void> {
    const { log, network } = this.#init;
    const lateMs = nowMs - kept.renewedMs;
    const lapsed = this.#hasLapsed(kept) || this.#mayHaveGone(silentMs);
    const result = await this.#add(kept.spec);
    kept.renewedMs = nowMs;
    if (result === "present") return;
    if (lapsed) {
      log.warn("address.lapsed", {
        ...whereOf(kept),
        renewedAfterMs: Math.round(Math.max(silentMs, lateMs)),
      });
    } else if (!this.#toleratesLoss(kept, nowMs)) {
      await network.addresses.remove(kept.spec);
      return;
    }
    await network.addresses.announce(kept.spec);
  }

  #heard(event: LinkEvent): void {
    if (event.kind === "link") return this.#linkChanged(event.interface);
    if (event.change === "added") return;
    const { address, prefixLength, interface: name } = event.held;
    const kept = this.#kept.get(address);
    if (kept === undefined || kept.givenUp !== undefined) return;
    if (kept.spec.interface !== name || kept.spec.prefixLength !== prefixLength) return;
    // The kernel's own doing, since we were late: the next sign of life decides whether it may come back.
    if (this.#hasLapsed(kept) || !this.#isHeardOf()) return;
    this.#change(kept, () => this.#putBack(kept));
  }

  async #putBack(kept: Kept): Promise<void> {
    const { clock, network } = this.#init;
    const nowMs = clock.nowMs();
    const link = (await network.links.list()).find((one) => one.name === kept.spec.interface);
    // IPv6 addresses go with the interface, and come back with it.
    if (link?.up !== true || (await this.#isThere(kept)) || !this.#toleratesLoss(kept, nowMs)) return;
    await this.#add(kept.spec);
    kept.renewedMs = nowMs;
    await network.addresses.announce(kept.spec);
  }

  /** What went while this node was late may be back before that is heard of. */
  async #isThere({ spec }: Kept): Promise<boolean> {
    const held = await this.#init.network.addresses.list();
    return held.some(
      ({ address, prefixLength, interface: name }) =>
        address === spec.address && prefixLength === spec.prefixLength && name === spec.interface,
    );
  }

  /** Counts that somebody else removed it; false when that happens too often and it is given up. */
  #toleratesLoss(kept: Kept, nowMs: number): boolean {
    const { log } = this.#init;
    const { address, interface: name } = kept.spec;
    const verdict = judgeLoss(kept.lossesMs, nowMs);
    if (verdict.kind === "put-back") {
      kept.lossesMs = verdict.lossesMs;
      log.warn("address.put-back", { ...whereOf(kept), times: verdict.lossesMs.length });
      return true;
    }
    const { putBacks, putBackWindowMs } = ADDRESS_LIMITS;
    kept.givenUp = `${address} was removed from ${name} by something else more than ${putBacks} times within ${seconds(putBackWindowMs)}: it is given up here`;
    log.error("address.given-up", { ...whereOf(kept), putBacks });
    return false;
  }

  #linkChanged({ name, up }: { readonly name: string; readonly up: boolean }): void {
    if (!up) {
      this.#downInterfaces.add(name);
      return;
    }
    if (!this.#downInterfaces.delete(name)) return;
    for (const kept of this.#kept.values()) {
      if (kept.spec.interface !== name || !this.#mayServe(kept)) continue;
      this.#change(kept, () => this.#returned(kept));
    }
  }

  /** Others may have taken over meanwhile: the network is told only when that would be known here. */
  async #returned(kept: Kept): Promise<void> {
    const nowMs = this.#init.clock.nowMs();
    const result = await this.#add(kept.spec);
    kept.renewedMs = nowMs;
    this.#init.log.info("address.interface-back", { ...whereOf(kept), address: kept.spec.address, result });
    kept.contested.listen();
    kept.contested.announceLater();
  }

  /** One change of an address at a time; what fails is tried again with the next sign of life. */
  #change(kept: Kept, perform: () => Promise<void>): void {
    if (kept.change !== undefined) return;
    kept.change = perform()
      .catch((error: unknown) =>
        this.#init.log.error("address.keep-failed", { ...whereOf(kept), error: String(error) }),
      )
      .finally(() => delete kept.change);
  }

  #add(spec: AddressSpec): Promise<"added" | "present"> {
    const { leaseMs } = this.#init.config;
    return this.#init.network.addresses.add(leaseMs === undefined ? spec : { ...spec, lifetimeMs: leaseMs });
  }

  #mayServe(kept: Kept): boolean {
    const { address } = kept.spec;
    return this.#kept.get(address) === kept && kept.givenUp === undefined && this.#isHeardOf();
  }

  #hasLapsed(kept: Kept): boolean {
    const { leaseMs } = this.#init.config;
    const goneMs = (leaseMs ?? Number.POSITIVE_INFINITY) - ADDRESS_LIMITS.earlyExpiryMs;
    return this.#init.clock.nowMs() - kept.renewedMs >= goneMs;
  }

  /** It was silent for so long that the guard has taken it away, or is about to. */
  #mayHaveGone(silentMs: number): boolean {
    const { guardMs } = this.#init.config;
    return (
      this.#guard !== undefined && guardMs !== undefined && silentMs >= guardMs - ADDRESS_LIMITS.earlyGuardMs
    );
  }

  /** The others have heard of this node lately enough to leave it what it has. */
  #isHeardOf(): boolean {
    const { clock, config } = this.#init;
    return clock.nowMs() - (this.#lastPulseMs ?? clock.nowMs()) < (this.#goesAfterMs() ?? config.deadMs);
  }
}

function whereOf({ spec }: Kept): { readonly address: string; readonly interface: string } {
  return { address: spec.address, interface: spec.interface };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
