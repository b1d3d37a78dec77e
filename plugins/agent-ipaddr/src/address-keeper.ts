// Keeps the addresses that this node holds: renews their leases with the engine's signs of life, puts back what somebody else
// takes away, and tells the network again when another host claims one.
import {
  token,
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
  }

  /** The kernel takes what is still held away when its lease is over; without a lease it stays. */
  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    this.#ends = [];
    for (const address of this.#kept.keys()) await this.letGo(address);
  }

  /** Adds the address, with its lease, and keeps it from now on. Throws what the network says. */
  async hold(spec: AddressSpec): Promise<"added" | "present"> {
    await this.letGo(spec.address);
    const nowMs = this.#init.clock.nowMs();
    const result = await this.#add(spec);
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

  /** Why an address that should be held is not kept any more; undefined while all is well. */
  troubleOf(address: string): string | undefined {
    return this.#kept.get(address)?.givenUp;
  }

  /** Of a node that was silent for so long that another one may serve, nothing is put back. */
  #pulsed(): void {
    const { clock, config, log } = this.#init;
    const nowMs = clock.nowMs();
    const silentMs = nowMs - (this.#lastPulseMs ?? nowMs);
    this.#lastPulseMs = nowMs;
    const { leaseMs, deadMs } = config;
    if (leaseMs === undefined) return;
    for (const kept of this.#kept.values()) {
      if (kept.givenUp !== undefined) continue;
      if (silentMs >= deadMs) {
        log.error("address.forfeited", { ...whereOf(kept), silentMs: Math.round(silentMs), leaseMs });
        kept.givenUp = `${kept.spec.address} went with its lease while this node stood still for ${seconds(silentMs)}: another node may have it`;
      } else if (this.#isDue(kept, nowMs, leaseMs)) {
        this.#change(kept, () => this.#renew(kept, nowMs));
      }
    }
  }

  /** On an interface that is down nobody is answered: what goes meanwhile comes back with it. */
  #isDue({ spec, renewedMs }: Kept, nowMs: number, leaseMs: number): boolean {
    if (this.#downInterfaces.has(spec.interface)) return false;
    return nowMs - renewedMs >= leaseMs / ADDRESS_LIMITS.renewalsPerLease;
  }

  async #renew(kept: Kept, nowMs: number): Promise<void> {
    const { log, network } = this.#init;
    const lateMs = nowMs - kept.renewedMs;
    const lapsed = this.#hasLapsed(kept);
    const result = await this.#add(kept.spec);
    kept.renewedMs = nowMs;
    if (result === "present") return;
    if (lapsed) {
      log.warn("address.lapsed", { ...whereOf(kept), renewedAfterMs: Math.round(lateMs) });
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
    if (link?.up !== true || !this.#toleratesLoss(kept, nowMs)) return;
    await this.#add(kept.spec);
    kept.renewedMs = nowMs;
    await network.addresses.announce(kept.spec);
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
    const { clock, config } = this.#init;
    const { leaseMs } = config;
    return leaseMs !== undefined && clock.nowMs() - kept.renewedMs >= leaseMs - ADDRESS_LIMITS.earlyExpiryMs;
  }

  /** The others have heard of this node lately enough to leave it what it has. */
  #isHeardOf(): boolean {
    const { clock, config } = this.#init;
    return clock.nowMs() - (this.#lastPulseMs ?? clock.nowMs()) < (config.leaseMs ?? config.deadMs);
  }
}

function whereOf({ spec }: Kept): { readonly address: string; readonly interface: string } {
  return { address: spec.address, interface: spec.interface };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
