// A host in memory: the Network port without a kernel.
import {
  SystoleError,
  type AddressGuard,
  type AddressSpec,
  type HeldAddress,
  type Network,
  type NetworkInterface,
  type Route,
} from "@systole/sdk";

export function fakeInterface(name: string, change: Partial<NetworkInterface> = {}): NetworkInterface {
  return { name, index: 2, up: true, running: true, loopback: name === "lo", ...change };
}

export class FakeNetwork implements Network {
  interfaces: NetworkInterface[] = [fakeInterface("lo"), fakeInterface("eth0"), fakeInterface("eth1")];
  held: HeldAddress[] = [];
  guard?: AddressGuard;
  readonly routes = new Map<string, Route>();
  /** What was done, in order. */
  readonly calls: string[] = [];
  /** Throws before the named operation does anything. */
  failing: { readonly operation: "add" | "remove" | "announce"; readonly error: Error } | undefined;
  /** Called right after an address was added or removed. */
  afterChange: () => void = () => {};

  readonly addresses = {
    list: async (): Promise<readonly HeldAddress[]> => [...this.held],
    add: async (spec: AddressSpec): Promise<"added" | "present"> => {
      this.#begin("add", spec);
      const family = spec.address.includes(":") ? 6 : 4;
      if (this.held.some((one) => same(one, spec))) return "present";
      this.held.push({ ...spec, family });
      this.afterChange();
      return "added";
    },
    remove: async (spec: Omit<AddressSpec, "label" | "broadcast">): Promise<"removed" | "absent"> => {
      this.#begin("remove", spec);
      const left = this.held.filter((one) => !same(one, spec));
      const result = left.length < this.held.length ? "removed" : "absent";
      this.held = left;
      this.afterChange();
      return result;
    },
    announce: async (spec: Pick<AddressSpec, "address" | "interface">): Promise<void> => {
      this.#begin("announce", spec);
    },
    watchClaims: (): (() => void) => () => {},
  };
  readonly links = {
    list: async (): Promise<readonly NetworkInterface[]> => this.interfaces,
    routeTo: async (address: string): Promise<Route | undefined> => this.routes.get(address),
    watch: (): (() => void) => () => {},
  };
  readonly sockets = {
    boundUdp: (): undefined => undefined,
    openEcho: async (): Promise<never> => {
      throw new SystoleError("NETWORK_UNSUPPORTED", "no echo here");
    },
  };

  #begin(
    operation: "add" | "remove" | "announce",
    spec: { readonly address: string; readonly interface: string },
  ): void {
    this.calls.push(`${operation} ${spec.address} ${spec.interface}`);
    if (this.failing?.operation === operation) throw this.failing.error;
    if (!this.interfaces.some((one) => one.name === spec.interface)) {
      throw new SystoleError("INTERFACE_NOT_FOUND", `no interface ${spec.interface}`);
    }
  }
}

function same(held: HeldAddress, spec: Omit<AddressSpec, "label" | "broadcast">): boolean {
  return (
    held.address === spec.address &&
    held.prefixLength === spec.prefixLength &&
    held.interface === spec.interface
  );
}
