// The kernel's network as agents and transports need it: small faces behind one port.
import type { AddressGuard } from "./address-guard.js";
import { token, type Token } from "./token.js";

export type IpFamily = 4 | 6;

export interface NetworkInterface {
  readonly name: string;
  readonly index: number;
  /** Administratively up. */
  readonly up: boolean;
  /** Has carrier. */
  readonly running: boolean;
  readonly loopback: boolean;
  /** `aa:bb:cc:dd:ee:ff`, or undefined where the interface has none. */
  readonly mac?: string;
}

export interface HeldAddress {
  /** Canonical text, without prefix or zone. */
  readonly address: string;
  readonly family: IpFamily;
  readonly prefixLength: number;
  readonly interface: string;
  /** Alias label such as `eth0:0`; IPv4 only. */
  readonly label?: string;
  readonly broadcast?: string;
  /** IPv6 duplicate detection found somebody else. */
  readonly duplicate?: boolean;
  /** Milliseconds until the kernel takes it away, to the second below; absent: it stays. */
  readonly lifetimeMs?: number;
  /** Put there by Systole, as far as the kernel remembers (Linux 5.18 and later). */
  readonly owner?: "systole";
}

/** An address to hold. `label` must begin with the interface's name and be at most 15 bytes (IFNAMSIZ). */
export interface AddressSpec {
  readonly address: string;
  readonly prefixLength: number;
  readonly interface: string;
  readonly label?: string;
  readonly broadcast?: string;
  /** The kernel takes the address away by itself when it is not added again in this time: whole seconds. Absent: it stays. */
  readonly lifetimeMs?: number;
}

/** Somebody else on the wire says, or asks for itself, that an address is its own. */
export interface AddressClaim {
  readonly address: string;
  readonly interface: string;
  /** `aa:bb:cc:dd:ee:ff`; none of this host. */
  readonly mac: string;
}

export interface AnnounceOptions {
  /** How often the announcement is sent. Without it: five times, then ten times more a second apart. */
  readonly repeat?: number;
  /** Milliseconds between two. Default 200. The first leaves before the promise resolves; the others follow on their own. */
  readonly intervalMs?: number;
}

/** Throws `ADDRESS_FAILED` with the kernel's reason, or `INTERFACE_NOT_FOUND`. */
export interface NetworkAddresses {
  list(): Promise<readonly HeldAddress[]>;
  /**
   * IPv6 addresses are added without waiting for duplicate detection. With a lifetime, one that is `present` gets this
   * lifetime from now on; without, it is left as it is. What is added carries the tag of its owner where the kernel has one.
   */
  add(spec: AddressSpec): Promise<"added" | "present">;
  /** Also ends announcements of that address that are still under way. */
  remove(spec: Pick<AddressSpec, "address" | "prefixLength" | "interface">): Promise<"removed" | "absent">;
  /** Gratuitous ARP in request and in reply form, or unsolicited neighbour advertisements with the override flag. */
  announce(spec: Pick<AddressSpec, "address" | "interface">, options?: AnnounceOptions): Promise<void>;
  /**
   * Asks the segment once whether somebody else has the address (an ARP probe, RFC 5227, or a neighbour solicitation), and
   * tells every claim to it that is heard until the returned function is called. Hears nothing where the platform cannot.
   */
  watchClaims(
    spec: Pick<AddressSpec, "address" | "interface">,
    listener: (claim: AddressClaim) => void,
  ): () => void;
}

export interface Route {
  readonly interface: string;
  /** Address of this host that the kernel would use as source. */
  readonly source?: string;
  /** Prefix length of the connected network that holds the destination; absent when it is behind a gateway. */
  readonly onLinkPrefixLength?: number;
}

export type LinkEvent =
  | { readonly kind: "link"; readonly interface: NetworkInterface }
  | { readonly kind: "address"; readonly change: "added" | "removed"; readonly held: HeldAddress };

export interface NetworkLinks {
  list(): Promise<readonly NetworkInterface[]>;
  /** The route the kernel would take to `address` now; undefined when there is none. */
  routeTo(address: string): Promise<Route | undefined>;
  /** Reports changes from now on, in order. Returns a function that ends it. */
  watch(listener: (event: LinkEvent) => void): () => void;
}

export interface UdpSocketOptions {
  readonly family: IpFamily;
  readonly interface: string;
  /** Local address; the wildcard when absent. */
  readonly address?: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface EchoReply {
  readonly from: string;
  readonly sequence: number;
  readonly data: Uint8Array;
}

export interface EchoSocket {
  /** Sends one ICMP echo request with `data`; the sequence is taken modulo 65536. */
  send(address: string, sequence: number, data: Uint8Array): Promise<void>;
  onReply(listener: (reply: EchoReply) => void): void;
  close(): Promise<void>;
}

export interface NetworkSockets {
  /**
   * File descriptor of a bound UDP socket that hears and speaks on one interface only, with address and port shared
   * (SO_BINDTODEVICE, SO_REUSEADDR, SO_REUSEPORT), for `dgram.Socket.bind({ fd })`, which then owns it. Undefined where
   * the platform cannot: bind to the interface's address instead.
   */
  boundUdp(options: UdpSocketOptions): number | undefined;
  /** ICMP echo (or ICMPv6). Throws `NETWORK_UNSUPPORTED` where the process may not. */
  openEcho(family: IpFamily, signal: AbortSignal): Promise<EchoSocket>;
}

/** Everything that Systole asks of the kernel's network. */
export interface Network {
  readonly addresses: NetworkAddresses;
  readonly links: NetworkLinks;
  readonly sockets: NetworkSockets;
  /** Absent where nothing can go on without this process. */
  readonly guard?: AddressGuard;
}

export const Network: Token<Network> = token<Network>("network", 1);
