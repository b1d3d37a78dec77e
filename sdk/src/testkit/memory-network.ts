// A host's network in memory: interfaces, addresses and routes that a test sets, and a record of what was announced.
import {
  SystoleError,
  type AddressClaim,
  type AddressSpec,
  type AnnounceOptions,
  type HeldAddress,
  type LinkEvent,
  type Network,
  type NetworkAddresses,
  type NetworkInterface,
  type NetworkLinks,
  type NetworkSockets,
  type Route,
} from "@systole/core/ports";
import { MemoryEchoes } from "./memory-echoes.js";

export interface Announcement extends Required<AnnounceOptions> {
  readonly address: string;
  readonly interface: string;
}

/** A `Network` without a kernel. Everything that the kernel or another program would do is a method beside the port's. */
export class MemoryNetwork implements Network {
  readonly addresses: NetworkAddresses;
  readonly links: NetworkLinks;
  readonly sockets: NetworkSockets;
  /** Hosts that answer an echo request. */
  readonly echoes = new MemoryEchoes();
  /** What was announced, in order. */
  readonly announced: Announcement[] = [];
  readonly #interfaces = new Map<string, NetworkInterface>();
  readonly #routes = new Map<string, Route>();
  readonly #watchers = new Set<(event: LinkEvent) => void>();
  readonly #claimWatchers = new Set<{
    readonly address: string;
    readonly listener: (claim: AddressClaim) => void;
  }>();
  readonly #failures: SystoleError[] = [];
  #held: readonly HeldAddress[] = [];

  /** Interfaces by name, all up and running. */
  constructor(...interfaces: readonly string[]) {
    for (const [index, name] of interfaces.entries())
      this.#interfaces.set(name, {
        name,
        index: index + 1,
        up: true,
        running: true,
        loopback: name === "lo",
        ...(name === "lo" ? {} : { mac: `02:00:00:00:00:${(index + 1).toString(16).padStart(2, "0")}` }),
      });
    this.addresses = {
      list: async () => this.#held,
      add: async (spec) => this.#add(spec),
      remove: async (spec) => this.#remove(spec),
      announce: async (spec, options) => this.#announce(spec, options),
      watchClaims: ({ address }, listener) => this.#watchClaims(address, listener),
    };
    this.links = {
      list: async () => [...this.#interfaces.values()],
      routeTo: async (address) => this.#routes.get(address),
      watch: (listener) => this.#watch(listener),
    };
    this.sockets = {
      boundUdp: () => undefined,
      openEcho: async (_family, signal) => this.echoes.open(signal),
    };
  }

  /** How many watch: none should be left when everything is stopped. */
  get watchers(): number {
    return this.#watchers.size + this.#claimWatchers.size;
  }

  /** The cable, or `ip link set`. */
  setLink(name: string, change: Partial<Pick<NetworkInterface, "up" | "running">>): void {
    const changed = { ...this.#interface(name), ...change };
    this.#interfaces.set(name, changed);
    this.#tell({ kind: "link", interface: changed });
  }

  /** What `routeTo` answers for an address; undefined for no route, as for every address that was never set. */
  setRoute(address: string, route: Route | undefined): void {
    if (route === undefined) this.#routes.delete(address);
    else this.#routes.set(address, route);
  }

  /** Another program takes an address away. */
  steal(address: string): void {
    for (const held of this.#held.filter((candidate) => candidate.address === address)) this.#drop(held);
  }

  /** Another host on the wire claims an address. */
  claim(claim: AddressClaim): void {
    for (const { address, listener } of this.#claimWatchers) if (address === claim.address) listener(claim);
  }

  /** The next change of an address or announcement fails with the kernel's reason. */
  failNext(reason: string): void {
    this.#failures.push(new SystoleError("ADDRESS_FAILED", reason));
  }

  #add(spec: AddressSpec): "added" | "present" {
    this.#admit(spec.interface);
    const before = this.#find(spec);
    if (before !== undefined) {
      if (spec.lifetimeMs !== undefined) this.#renew(before, spec.lifetimeMs);
      return "present";
    }
    const held: HeldAddress = { ...spec, family: spec.address.includes(":") ? 6 : 4, owner: "systole" };
    this.#held = [...this.#held, held];
    this.#tell({ kind: "address", change: "added", held });
    return "added";
  }

  #renew(before: HeldAddress, lifetimeMs: number): void {
    this.#held = this.#held.map((held) => (held === before ? { ...held, lifetimeMs } : held));
  }

  #remove(spec: Pick<AddressSpec, "address" | "prefixLength" | "interface">): "removed" | "absent" {
    this.#admit(spec.interface);
    const held = this.#find(spec);
    if (held === undefined) return "absent";
    this.#drop(held);
    return "removed";
  }

  #announce(spec: Pick<AddressSpec, "address" | "interface">, options: AnnounceOptions = {}): void {
    this.#admit(spec.interface);
    const { address, interface: name } = spec;
    this.announced.push({ address, interface: name, repeat: 5, intervalMs: 200, ...options });
  }

  #admit(name: string): void {
    this.#interface(name);
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
  }

  #interface(name: string): NetworkInterface {
    const found = this.#interfaces.get(name);
    if (found === undefined) throw new SystoleError("INTERFACE_NOT_FOUND", `There is no interface ${name}.`);
    return found;
  }

  #find(spec: Pick<AddressSpec, "address" | "prefixLength" | "interface">): HeldAddress | undefined {
    return this.#held.find(
      (held) =>
        held.address === spec.address &&
        held.prefixLength === spec.prefixLength &&
        held.interface === spec.interface,
    );
  }

  #drop(held: HeldAddress): void {
    this.#held = this.#held.filter((candidate) => candidate !== held);
    this.#tell({ kind: "address", change: "removed", held });
  }

  #watch(listener: (event: LinkEvent) => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  #watchClaims(address: string, listener: (claim: AddressClaim) => void): () => void {
    const watcher = { address, listener };
    this.#claimWatchers.add(watcher);
    return () => void this.#claimWatchers.delete(watcher);
  }

  #tell(event: LinkEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }
}
