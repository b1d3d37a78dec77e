// What becomes of an address while it is held: leases, losses, claims of others. Network, clock and pulse are in memory.
import { ResourceAgent, type ResourceSpec } from "@systole/sdk";
import { MemoryPulse, RecordingLogger, TestHost, VirtualClock } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AddressKeeper } from "./address-keeper.js";
import plugin from "./index.js";
import { ADDRESS_LIMITS } from "./limits.js";
import { FakeNetwork } from "./testing/fake-network.js";

const signal = new AbortController().signal;
const VIP: ResourceSpec = { name: "vip", args: ["10.0.0.100/24/eth0:0"], parameters: {} };
const ADDRESS = "10.0.0.100";
const KEEPALIVE_MS = 500;
const LEASE_MS = 2000;
const DEAD_MS = 4000;
const MAC = "02:00:00:00:00:99";
const running = { ok: true, state: "running" };
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("a held address", () => {
  let host: TestHost;
  let agent: ResourceAgent;

  beforeEach(async () => {
    host = await TestHost.boot(plugin, { config: { leaseMs: LEASE_MS, deadMs: DEAD_MS } });
    agent = host.get(ResourceAgent, "ipaddr");
    await host.start();
    await beat();
    await agent.start(VIP, signal);
  });
  afterEach(async () => {
    await agent.stop(VIP, signal);
    // Everything that was opened is closed, alarms and watchers included.
    await host.close();
  });

  /** Signs of life, a keepalive apart. */
  async function beat(times = 1): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      await host.clock.advanceAsync(KEEPALIVE_MS);
      host.pulse.beat();
      await settled();
    }
  }
  const held = async () => (await host.network.addresses.list()).find(({ address }) => address === ADDRESS);
  const events = (name: string): number => host.log.of(name).length;

  it("has a lease, renewed with the signs of life and not otherwise", async () => {
    expect(await held()).toMatchObject({ lifetimeMs: LEASE_MS, label: "eth0:0" });
    await host.network.addresses.add({ ...spec(), lifetimeMs: 1 });
    await host.clock.advanceAsync(10 * LEASE_MS);
    expect(await held()).toMatchObject({ lifetimeMs: 1 });
  });

  it("is renewed at a bounded rate", async () => {
    await beat();
    expect(await held()).toMatchObject({ lifetimeMs: LEASE_MS });
    await host.network.addresses.add({ ...spec(), lifetimeMs: 1 });
    for (let count = 0; count < 5; count += 1) host.pulse.beat();
    await settled();
    expect(await held()).toMatchObject({ lifetimeMs: 1 });
    await beat();
    expect(await held()).toMatchObject({ lifetimeMs: LEASE_MS });
  });

  it("comes back with the next sign of life when only the lease was missed, announced", async () => {
    await host.clock.advanceAsync(LEASE_MS + 500);
    host.network.steal(ADDRESS);
    await settled();
    expect(await held()).toBeUndefined();
    host.pulse.beat();
    await settled();
    expect(await held()).toMatchObject({ lifetimeMs: LEASE_MS });
    expect(events("address.lapsed")).toBe(1);
    expect(host.network.announced).toHaveLength(2);
  });

  it("stays away after a silence in which another node may have taken it, and says why", async () => {
    await host.clock.advanceAsync(9000);
    host.network.steal(ADDRESS);
    await settled();
    host.pulse.beat();
    await beat(3);
    expect(await held()).toBeUndefined();
    expect(await agent.status(VIP, signal)).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/stood still for 9 s: another node may have it/u),
    });
    expect(await agent.start(VIP, signal)).toEqual(running);
    expect(await agent.status(VIP, signal)).toEqual(running);
    await beat(3);
    expect(await held()).toMatchObject({ lifetimeMs: LEASE_MS });
  });

  it("is put back at once when somebody else removes it, and announced", async () => {
    await beat();
    host.network.steal(ADDRESS);
    await settled();
    expect(await held()).toMatchObject({ lifetimeMs: LEASE_MS, label: "eth0:0" });
    expect(host.network.announced).toHaveLength(2);
    expect(await agent.status(VIP, signal)).toEqual(running);
  });

  it("is given up when that keeps happening, until it is started again", async () => {
    for (let loss = 0; loss <= ADDRESS_LIMITS.putBacks; loss += 1) {
      host.network.steal(ADDRESS);
      await settled();
    }
    await beat(3);
    expect(await held()).toBeUndefined();
    expect(events("address.put-back")).toBe(ADDRESS_LIMITS.putBacks);
    expect(events("address.given-up")).toBe(1);
    expect(await agent.status(VIP, signal)).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/removed from eth0 by something else more than 5 times within 60 s/u),
    });
    await agent.stop(VIP, signal);
    expect(await agent.start(VIP, signal)).toEqual(running);
    host.network.steal(ADDRESS);
    await settled();
    expect(await held()).toBeDefined();
  });

  it("is not put back after a stop, nor on an interface that is down", async () => {
    host.network.setLink("eth0", { up: false });
    host.network.steal(ADDRESS);
    await settled();
    expect(await held()).toBeUndefined();
    await agent.stop(VIP, signal);
    host.network.setLink("eth0", { up: true });
    await beat(3);
    expect(await held()).toBeUndefined();
    expect(events("address.given-up")).toBe(0);
  });

  it("comes back with its interface, and is announced when others would have objected", async () => {
    host.network.setLink("eth0", { up: false });
    host.network.steal(ADDRESS);
    await beat(3);
    expect(await held()).toBeUndefined();
    host.network.setLink("eth0", { up: true });
    await settled();
    expect(await held()).toMatchObject({ lifetimeMs: LEASE_MS });
    expect(host.network.announced).toHaveLength(1);
    await beat(4);
    expect(host.network.announced).toHaveLength(2);
  });

  it("is announced again when somebody else claims it, if it is still held then", async () => {
    host.network.claim({ address: ADDRESS, interface: "eth0", mac: MAC });
    expect(host.log.of("address.contested").map(({ fields }) => fields["mac"])).toEqual([MAC]);
    expect(host.network.announced).toHaveLength(1);
    await beat(4);
    expect(host.network.announced).toHaveLength(2);
    host.network.claim({ address: ADDRESS, interface: "eth0", mac: MAC });
    await agent.stop(VIP, signal);
    await beat(40);
    expect(host.network.announced).toHaveLength(2);
  });

  it("says nothing to a claim when the lease was not renewed meanwhile", async () => {
    await host.clock.advanceAsync(LEASE_MS - 500);
    host.network.claim({ address: ADDRESS, interface: "eth0", mac: MAC });
    await host.clock.advanceAsync(ADDRESS_LIMITS.answerClaimAfterMs);
    expect(host.network.announced).toHaveLength(1);
  });

  function spec() {
    return { address: ADDRESS, prefixLength: 24, interface: "eth0" };
  }
});

describe("a held address without a lease", () => {
  it("has no lifetime, and is put back all the same", async () => {
    const host = await TestHost.boot(plugin, { config: { deadMs: DEAD_MS } });
    const agent = host.get(ResourceAgent, "ipaddr");
    await host.start();
    await agent.start(VIP, signal);
    host.pulse.beat();
    host.network.steal(ADDRESS);
    await settled();
    const [held] = await host.network.addresses.list();
    expect(held).toMatchObject({ address: ADDRESS });
    expect(held).not.toHaveProperty("lifetimeMs");
    await agent.stop(VIP, signal);
    await host.close();
  });
});

describe("a held address whose removal a renewal notices first", () => {
  it("counts it all the same, and is given up in the end", async () => {
    const network = new FakeNetwork();
    const [pulse, clock, log] = [new MemoryPulse(), new VirtualClock(), new RecordingLogger()];
    const config = { leaseMs: LEASE_MS, deadMs: DEAD_MS };
    const keeper = new AddressKeeper({ network, pulse, clock, log, config });
    await keeper.start(signal);
    await keeper.hold({ address: ADDRESS, prefixLength: 24, interface: "eth0" });
    for (let loss = 0; loss <= ADDRESS_LIMITS.putBacks; loss += 1) {
      // This network tells nobody of it.
      network.held = [];
      clock.advance(KEEPALIVE_MS);
      pulse.beat();
      await settled();
    }
    expect(log.of("address.put-back")).toHaveLength(ADDRESS_LIMITS.putBacks);
    expect(log.of("address.lapsed")).toEqual([]);
    expect(keeper.troubleOf(ADDRESS)).toMatch(/given up here/u);
    expect(network.held).toEqual([]);
    await keeper.stop();
  });
});
