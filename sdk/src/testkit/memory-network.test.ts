import type { LinkEvent } from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { MemoryNetwork } from "./memory-network.js";
import { MemoryStore } from "./memory-store.js";
import { RecordingLogger } from "./recording-logger.js";

const VIP = { address: "10.0.0.9", prefixLength: 24, interface: "eth0", label: "eth0:0" };

describe("MemoryNetwork", () => {
  it("holds addresses, tells watchers, and forgets them", async () => {
    const network = new MemoryNetwork("lo", "eth0");
    const events: LinkEvent[] = [];
    const end = network.links.watch((event) => void events.push(event));
    expect(await network.addresses.add(VIP)).toBe("added");
    expect(await network.addresses.add(VIP)).toBe("present");
    expect(await network.addresses.list()).toEqual([{ ...VIP, family: 4, owner: "systole" }]);
    network.steal(VIP.address);
    expect(await network.addresses.remove(VIP)).toBe("absent");
    network.setLink("eth0", { running: false });
    end();
    network.setLink("eth0", { running: true });
    expect(events.map((event) => (event.kind === "link" ? event.interface.running : event.change))).toEqual([
      "added",
      "removed",
      false,
    ]);
    expect(network.watchers).toBe(0);
  });

  it("fails as told, and for interfaces that do not exist", async () => {
    const network = new MemoryNetwork("eth0");
    network.failNext("Operation not permitted");
    await expect(network.addresses.add(VIP)).rejects.toMatchObject({ code: "ADDRESS_FAILED" });
    await expect(network.addresses.add({ ...VIP, interface: "eth7" })).rejects.toMatchObject({
      code: "INTERFACE_NOT_FOUND",
    });
    await network.addresses.announce(VIP, { repeat: 2 });
    expect(network.announced).toEqual([
      { address: "10.0.0.9", interface: "eth0", repeat: 2, intervalMs: 200 },
    ]);
  });

  it("answers echoes of the hosts that are there, until the socket is closed", async () => {
    const network = new MemoryNetwork("eth0");
    network.echoes.answering.add("10.0.0.1");
    const socket = await network.sockets.openEcho(4, new AbortController().signal);
    const from: string[] = [];
    socket.onReply((reply) => void from.push(`${reply.from}#${reply.sequence}`));
    await socket.send("10.0.0.1", 65_537, Uint8Array.of(1));
    await socket.send("10.0.0.2", 2, Uint8Array.of(1));
    await Promise.resolve();
    await socket.close();
    expect(from).toEqual(["10.0.0.1#1"]);
    expect(network.echoes.openSockets).toBe(0);
  });
});

describe("the smaller fakes", () => {
  it("record what is logged, with the fields of the parents", () => {
    const log = new RecordingLogger(2);
    const child = log.child({ plugin: "demo" });
    log.info("first");
    child.warn("peer.late", { silentMs: 5 });
    child.error("peer.dead");
    expect(log.entries.map((entry) => entry.event)).toEqual(["peer.late", "peer.dead"]);
    expect(log.of("peer.late")).toEqual([
      { level: "warn", event: "peer.late", fields: { plugin: "demo", silentMs: 5 } },
    ]);
  });

  it("fail a store once", async () => {
    const store = new MemoryStore();
    store.failNext();
    await expect(store.write("a", Uint8Array.of(1))).rejects.toMatchObject({
      code: "STORE_FAILED",
      retryable: true,
    });
    expect(await store.read("a")).toBeUndefined();
  });
});
