import type { HeldAddress, NetworkInterface } from "@systole/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { HostState } from "./host-state.js";
import { lostNeighbours } from "./secondary-addresses.js";

const eth0: NetworkInterface = { name: "eth0", index: 2, up: true, running: true, loopback: false };
const held = (address: string, prefixLength = 24): HeldAddress => ({
  address,
  family: 4,
  prefixLength,
  interface: "eth0",
});

describe("host state", () => {
  let state: HostState;
  beforeEach(() => {
    state = new HostState();
    state.replace([eth0], [held("10.0.0.1")]);
  });

  it("tells changes and not repetitions", () => {
    const down = { ...eth0, running: false };
    expect(state.link(eth0)).toEqual([]);
    expect(state.link(down)).toEqual([{ kind: "link", interface: down }]);
    expect(state.link(down)).toEqual([]);
    expect(state.address("added", held("10.0.0.1"))).toEqual([]);
    expect(state.address("added", held("10.0.0.2"))).toEqual([
      { kind: "address", change: "added", held: held("10.0.0.2") },
    ]);
    expect(state.address("removed", held("10.0.0.2"))).toHaveLength(1);
    expect(state.address("removed", held("10.0.0.2"))).toEqual([]);
  });

  it("tells a failed duplicate detection", () => {
    const found = { ...held("10.0.0.1"), duplicate: true };
    expect(state.address("added", found)).toEqual([{ kind: "address", change: "added", held: found }]);
  });

  it("tells the addresses of an interface that is gone, then that it is down", () => {
    expect(state.linkRemoved(2)).toEqual([
      { kind: "address", change: "removed", held: held("10.0.0.1") },
      { kind: "link", interface: { ...eth0, up: false, running: false } },
    ]);
    expect(state.linkRemoved(2)).toEqual([]);
    expect(state.interfaceName(2)).toBeUndefined();
  });

  it("finds out what happened while nobody listened", () => {
    const eth1 = { ...eth0, name: "eth1", index: 3 };
    expect(state.replace([{ ...eth0, up: false }, eth1], [held("10.0.0.9")])).toEqual([
      { kind: "address", change: "removed", held: held("10.0.0.1") },
      { kind: "link", interface: { ...eth0, up: false } },
      { kind: "link", interface: eth1 },
      { kind: "address", change: "added", held: held("10.0.0.9") },
    ]);
    expect(state.replace([], [])).toHaveLength(3);
  });
});

describe("lost neighbours", () => {
  const removed = { address: "10.0.0.1", prefixLength: 24, interface: "eth0" };
  const before = [
    held("10.0.0.1"),
    held("10.0.0.2"),
    held("10.0.0.3"),
    held("10.0.0.4", 32),
    held("10.0.1.1"),
  ];

  it("are those of the same subnet that went too", () => {
    expect(lostNeighbours(removed, before, [held("10.0.0.3")])).toEqual([held("10.0.0.2")]);
    expect(lostNeighbours(removed, before, before)).toEqual([]);
  });
});
