// Two hosts for tests: network namespaces joined by a cable, with sockets that are really bound to their interface.
import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { HeldAddress, IpFamily, NetworkInterface, UdpSocketOptions } from "@systole/sdk";
import koffi from "koffi";
import { FakeNetwork } from "./fake-network.js";

const libc = koffi.load("libc.so.6");
const setns = libc.func("int setns(int fd, int kind)");
const socket = libc.func("int socket(int domain, int type, int protocol)");
const setsockopt = libc.func("int setsockopt(int fd, int level, int name, void *value, uint32_t length)");
const bind = libc.func("int bind(int fd, void *address, uint32_t length)");

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const SOL_SOCKET = 1;
const [SO_REUSEADDR, SO_REUSEPORT, SO_BINDTODEVICE] = [2, 15, 25];
const [IPPROTO_IPV6, IPV6_V6ONLY] = [41, 26];

function ip(...args: readonly string[]): string {
  return execFileSync("ip", args, { encoding: "utf8" });
}

/** A network namespace as a Network. Its interfaces are read from the kernel at every look. */
export class Host extends FakeNetwork {
  readonly name: string;

  constructor(label: string) {
    super();
    this.name = `systole-udp-${process.pid}-${label}`;
    ip("netns", "add", this.name);
    this.ip("link", "set", "lo", "up");
    this.bindToDevices();
    this.addresses.list = async () => this.#addresses();
    this.links.list = async () => this.#links();
  }

  bindToDevices(): void {
    this.boundUdp = (options) => this.within(() => openBound(options));
  }

  ip(...args: readonly string[]): string {
    return ip("-n", this.name, ...args);
  }

  remove(): void {
    ip("netns", "del", this.name);
  }

  /** Makes this the test's own namespace, where zones such as `%eth0` are looked up. */
  settleIn(): void {
    const here = openSync(`/var/run/netns/${this.name}`, "r");
    enter(here);
    closeSync(here);
  }

  static settleBack(home: number): void {
    enter(home);
  }

  /** Tells the watchers what the kernel would have told them. */
  tellLink(name: string): void {
    const changed = this.#links().find((one) => one.name === name);
    if (changed !== undefined) this.tell({ kind: "link", interface: changed });
  }

  tellAddress(change: "added" | "removed", held: HeldAddress): void {
    this.tell({ kind: "address", change, held });
  }

  /** Runs `body` in this namespace: what it opens stays there. Only what is synchronous. */
  within<T>(body: () => T): T {
    const home = openSync("/proc/thread-self/ns/net", "r");
    const here = openSync(`/var/run/netns/${this.name}`, "r");
    try {
      enter(here);
      return body();
    } finally {
      enter(home);
      closeSync(here);
      closeSync(home);
    }
  }

  #links(): NetworkInterface[] {
    return this.#read().map(({ ifname, ifindex, flags }) => ({
      name: ifname,
      index: ifindex,
      up: flags.includes("UP"),
      running: flags.includes("UP") && flags.includes("LOWER_UP"),
      loopback: flags.includes("LOOPBACK"),
    }));
  }

  #addresses(): HeldAddress[] {
    return this.#read().flatMap(({ ifname, addr_info }) =>
      addr_info.map(({ family, local, prefixlen, broadcast }) => ({
        address: local,
        family: family === "inet" ? 4 : 6,
        prefixLength: prefixlen,
        interface: ifname,
        ...(broadcast === undefined ? {} : { broadcast }),
      })),
    );
  }

  #read(): readonly IpAddrEntry[] {
    return JSON.parse(this.ip("-j", "addr", "show"));
  }
}

interface IpAddrEntry {
  readonly ifname: string;
  readonly ifindex: number;
  readonly flags: readonly string[];
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
    readonly broadcast?: string;
  }[];
}

function enter(fd: number): void {
  if (setns(fd, 0) !== 0) throw new Error("setns failed");
}

function openBound({ family, interface: name, port }: UdpSocketOptions): number {
  const fd: number = socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
  const on = Buffer.from([1, 0, 0, 0]);
  const device = Buffer.from(`${name}\0`);
  const results: number[] = [
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, on, 4),
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, on, 4),
    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, device.length),
    family === 6 ? setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, on, 4) : 0,
    bindWildcard(fd, family, port),
  ];
  if (results.every((result) => result === 0)) return fd;
  closeSync(fd);
  throw Object.assign(new Error(`a socket cannot be bound to ${name}`), { code: "ENODEV" });
}

function bindWildcard(fd: number, family: IpFamily, port: number): number {
  const address = Buffer.alloc(family === 4 ? 16 : 28);
  address.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, 0);
  address.writeUInt16BE(port, 2);
  return bind(fd, address, address.length);
}

/** Name and index of the interface are the same on both sides: zones are looked up in the test's own namespace. */
export function plugCable(a: Host, b: Host, name: string, index: number): void {
  const end = ["name", name, "index", String(index)];
  a.ip("link", "add", ...end, "type", "veth", "peer", ...end, "netns", b.name);
  for (const host of [a, b]) {
    host.ip("link", "set", name, "addrgenmode", "none");
    host.ip("link", "set", name, "up");
  }
}

export function giveAddress(host: Host, name: string, address: string, prefixLength: number): HeldAddress {
  const family = address.includes(":") ? 6 : 4;
  const how = family === 6 ? ["nodad"] : ["brd", "+"];
  host.ip("addr", "add", `${address}/${prefixLength}`, "dev", name, ...how);
  return { address, family, prefixLength, interface: name };
}

export const isRoot = process.getuid?.() === 0;
