// A Network of plain data for tests: interfaces and addresses are set by the test, and changes are told to who watches.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { HeldAddress, LinkEvent, Network, NetworkInterface, UdpSocketOptions } from "@systole/sdk";

export class FakeNetwork implements Network {
  heldNow: HeldAddress[] = [];
  linksNow: NetworkInterface[] = [];
  /** How often addresses were asked for. */
  looks = 0;
  readonly watchers = new Set<(event: LinkEvent) => void>();
  boundUdp: (options: UdpSocketOptions) => number | undefined = () => undefined;

  readonly addresses: Network["addresses"] = {
    list: async () => {
      this.looks += 1;
      return [...this.heldNow];
    },
    add: () => Promise.reject(new Error("not part of this test")),
    remove: () => Promise.reject(new Error("not part of this test")),
    announce: () => Promise.reject(new Error("not part of this test")),
    watchClaims: () => () => undefined,
  };

  readonly links: Network["links"] = {
    list: async () => [...this.linksNow],
    routeTo: async () => undefined,
    watch: (listener) => {
      this.watchers.add(listener);
      return () => this.watchers.delete(listener);
    },
  };

  readonly sockets: Network["sockets"] = {
    boundUdp: (options) => this.boundUdp(options),
    openEcho: () => Promise.reject(new Error("not part of this test")),
  };

  /** A host whose loopback interface holds `address`. */
  static loopback(address: string): FakeNetwork {
    const network = new FakeNetwork();
    network.linksNow = [link("lo")];
    network.heldNow = [held(address)];
    return network;
  }

  tell(event: LinkEvent): void {
    for (const watcher of this.watchers) watcher(event);
  }

  hold(address: HeldAddress): void {
    this.heldNow.push(address);
    this.tell({ kind: "address", change: "added", held: address });
  }

  setLink(changed: NetworkInterface): void {
    this.linksNow = [...this.linksNow.filter(({ name }) => name !== changed.name), changed];
    this.tell({ kind: "link", interface: changed });
  }
}

export function link(name: string, state: Partial<NetworkInterface> = {}): NetworkInterface {
  return { name, index: 1, up: true, running: true, loopback: name === "lo", ...state };
}

export function held(address: string, more: Partial<HeldAddress> = {}): HeldAddress {
  return { address, family: 4, prefixLength: 8, interface: "lo", ...more };
}

/** A UDP port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
