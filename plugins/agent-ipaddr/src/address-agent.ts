// Holds an address: puts it on an interface and tells the network, takes it away and makes sure that it is gone.
import {
  SystoleError,
  type AddressSpec,
  type Clock,
  type HeldAddress,
  type Logger,
  type Network,
  type OperationResult,
  type ResourceAgent,
  type ResourceSpec,
  type ResourceState,
} from "@systole/sdk";
import type { AddressKeeper } from "./address-keeper.js";
import type { WantedAddress } from "./address-text.js";
import { askSegment } from "./ask-segment.js";
import { findHolding, placeAddress, type HostView, type Placement } from "./placement.js";
import { wantedAddress } from "./resource-address.js";

export class AddressAgent implements ResourceAgent {
  readonly supports: ResourceAgent["supports"];
  readonly elsewhere?: NonNullable<ResourceAgent["elsewhere"]>;
  readonly #network: Network;
  readonly #keeper: AddressKeeper;
  readonly #log: Logger;

  /** `clock`: by which answers are waited for when the segment is asked who has an address; without it nobody is asked. */
  constructor(network: Network, keeper: AddressKeeper, log: Logger, clock?: Clock) {
    this.supports = { announce: true, elsewhere: clock !== undefined };
    this.#network = network;
    this.#keeper = keeper;
    this.#log = log;
    if (clock !== undefined) this.elsewhere = (resource, signal) => this.#elsewhere(resource, clock, signal);
  }

  async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const wanted = wantedAddress(resource);
    if (!wanted.ok) return failed("error", wanted.problem);
    return await answering(async () => {
      const host = await this.#look();
      const { here, elsewhere } = findHolding(wanted.value, host);
      if (elsewhere[0] !== undefined) return failed("error", heldElsewhere(wanted.value, elsewhere[0]));
      if (here[0]?.duplicate === true) {
        return failed("error", heldByAnother(here[0]));
      }
      const placement: Placement =
        here[0] === undefined ? await this.#place(wanted.value, host) : placeOf(here[0], host);
      if (!placement.ok) return failed("not-here", placement.reason);
      const { spec, link } = placement;
      if (!link.up) return failed("not-here", `interface ${link.name} is down on this node`);
      if (signal.aborted) return failed("timeout", `adding ${spec.address} was given up`);
      if ((await this.#keeper.hold(spec)) === "added") {
        this.#log.info("address.added", { ...spec });
        if (signal.aborted) {
          await this.#keeper.letGo(spec.address);
          await this.#network.addresses.remove(spec);
          this.#keeper.removed(spec.address);
          return failed("timeout", `adding ${spec.address} was given up`);
        }
      }
      if (!link.loopback) await this.#announceOrLog(spec);
      return succeeded("running");
    });
  }

  async stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const wanted = wantedAddress(resource);
    if (signal.aborted) return failed("timeout", `removing ${resource.name} was given up before it began`);
    // What cannot be understood was never started: nothing of it is here.
    if (!wanted.ok) return succeeded("stopped");
    return await answering(async () => {
      await this.#keeper.letGo(wanted.value.address);
      const before = everywhere(wanted.value, await this.#look());
      for (const held of before) {
        const change = await this.#network.addresses.remove(held).catch(absentWithoutInterface);
        if (change === "removed")
          this.#log.info("address.removed", { address: held.address, interface: held.interface });
      }
      if (before.length === 0) {
        this.#keeper.removed(wanted.value.address);
        return succeeded("stopped");
      }
      const [left] = everywhere(wanted.value, await this.#look());
      if (left !== undefined) {
        return failed(
          "error",
          `${left.address} is on ${left.interface} again after it was removed: something else adds it`,
        );
      }
      this.#keeper.removed(wanted.value.address);
      return succeeded("stopped");
    });
  }

  async status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const wanted = wantedAddress(resource);
    if (signal.aborted) return failed("timeout", `looking for ${resource.name} was given up before it began`);
    if (!wanted.ok) return failed("error", wanted.problem);
    return await answering(async () => {
      const trouble = this.#keeper.troubleOf(wanted.value.address);
      if (trouble !== undefined) return broken(trouble);
      const host = await this.#look();
      const {
        here: [held],
        moved: [moved],
      } = findHolding(wanted.value, host);
      if (held === undefined && moved !== undefined) return broken(wasMoved(wanted.value, moved));
      if (held === undefined) return succeeded("stopped");
      const up = host.interfaces.some((one) => one.name === held.interface && one.up);
      if (!up) return broken(`interface ${held.interface} is down`);
      return held.duplicate === true ? broken(heldByAnother(held)) : succeeded("running");
    });
  }

  async announce(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const wanted = wantedAddress(resource);
    if (!wanted.ok) return failed("error", wanted.problem);
    return await answering(async () => {
      const host = await this.#look();
      const [held] = findHolding(wanted.value, host).here;
      if (held === undefined) {
        return failed("error", `${wanted.value.address} is not held by this node: it is not announced`);
      }
      if (signal.aborted) return failed("timeout", `announcing ${held.address} was given up`);
      const link = host.interfaces.find((one) => one.name === held.interface);
      if (link?.loopback !== true) await this.#network.addresses.announce(held);
      return succeeded("running");
    });
  }

  async validate(resource: ResourceSpec, _signal: AbortSignal): Promise<readonly string[]> {
    const wanted = wantedAddress(resource);
    if (!wanted.ok) return [wanted.problem];
    try {
      const host = await this.#look();
      if (findHolding(wanted.value, host).here.length > 0) return [];
      const placement = await this.#place(wanted.value, host);
      return placement.ok ? [] : [placement.reason];
    } catch (error) {
      return [text(error)];
    }
  }

  /** Where it would not be started, nobody can be asked. */
  async #elsewhere(resource: ResourceSpec, clock: Clock, signal: AbortSignal): Promise<OperationResult> {
    const wanted = wantedAddress(resource);
    if (!wanted.ok) return failed("error", wanted.problem);
    return await answering(async () => {
      const placement = await this.#place(wanted.value, await this.#look());
      if (!placement.ok) return failed("not-here", placement.reason);
      const { spec, link } = placement;
      if (!link.up || link.loopback) return succeeded("stopped");
      const mac = await askSegment({ network: this.#network, clock }, spec, signal);
      if (signal.aborted) return failed("timeout", `asking who has ${spec.address} was given up`);
      if (mac === undefined) return succeeded("stopped");
      const reason = `${mac} on ${spec.interface} answers for ${spec.address}`;
      return { ok: true, state: "running", reason };
    });
  }

  async #look(): Promise<HostView> {
    const interfaces = await this.#network.links.list();
    return { interfaces, addresses: await this.#network.addresses.list() };
  }

  async #place(wanted: WantedAddress, host: HostView): Promise<Placement> {
    const complete = wanted.interface !== undefined && wanted.prefixLength !== undefined;
    return placeAddress(
      wanted,
      host,
      complete ? undefined : await this.#network.links.routeTo(wanted.address),
    );
  }

  /** The address is held and answers: that nobody was told is bad, giving it up would be worse. */
  async #announceOrLog(spec: AddressSpec): Promise<void> {
    try {
      await this.#network.addresses.announce(spec);
    } catch (error) {
      const { address, interface: name } = spec;
      this.#log.error("address.announce-failed", { address, interface: name, error: text(error) });
    }
  }
}

function placeOf(held: HeldAddress, host: HostView): Placement {
  const link = host.interfaces.find((one) => one.name === held.interface);
  if (link === undefined) return { ok: false, reason: `interface ${held.interface} is gone` };
  const { address, prefixLength, interface: name, label, broadcast } = held;
  const spec: AddressSpec = {
    address,
    prefixLength,
    interface: name,
    ...(label !== undefined && { label }),
    ...(broadcast !== undefined && { broadcast }),
  };
  return { ok: true, spec, link };
}

/** Also where something else has moved it: a cluster's address that is given up must not be on this node at all. */
function everywhere(wanted: WantedAddress, host: HostView): readonly HeldAddress[] {
  const { here, moved } = findHolding(wanted, host);
  return [...here, ...moved];
}

function wasMoved(wanted: WantedAddress, held: HeldAddress): string {
  return `${wanted.address} is on ${held.interface} of this node, and not on ${wanted.interface}: something else has put it there`;
}

function heldByAnother({ address }: HeldAddress): string {
  return `another host uses ${address}: duplicate detection refused it`;
}

function heldElsewhere(wanted: WantedAddress, held: HeldAddress): string {
  return (
    `${wanted.address} is already on ${held.interface} of this node, not on ${wanted.interface}; ` +
    `remove it there: ip address del ${held.address}/${held.prefixLength} dev ${held.interface}`
  );
}

/** What the network refuses is an answer, not an exception. */
async function answering(operation: () => Promise<OperationResult>): Promise<OperationResult> {
  try {
    return await operation();
  } catch (error) {
    return failed(isInterfaceMissing(error) ? "not-here" : "error", text(error));
  }
}

function absentWithoutInterface(error: unknown): "absent" {
  if (isInterfaceMissing(error)) return "absent";
  throw error;
}

function isInterfaceMissing(error: unknown): boolean {
  return error instanceof SystoleError && error.code === "INTERFACE_NOT_FOUND";
}

function succeeded(state: ResourceState): OperationResult {
  return { ok: true, state };
}

/** It should work here, and does not. */
function broken(reason: string): OperationResult {
  return { ok: true, state: "failed", reason };
}

function failed(kind: "timeout" | "not-here" | "error", reason: string): OperationResult {
  return { ok: false, kind, reason };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
