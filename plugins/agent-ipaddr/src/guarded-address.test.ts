// What becomes of an address that another process removes when this one is late. Network, guard, clock and pulse are in memory.
import { SystoleError, type ResourceSpec } from "@systole/sdk";
import { MemoryPulse, RecordingLogger, VirtualClock } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AddressAgent } from "./address-agent.js";
import { AddressKeeper } from "./address-keeper.js";
import { FakeGuard } from "./testing/fake-guard.js";
import { FakeNetwork } from "./testing/fake-network.js";

const signal = new AbortController().signal;
const VIP: ResourceSpec = { name: "vip", args: ["10.0.0.100/24/eth0"], parameters: {} };
const ADDRESS = "10.0.0.100";
const KEEPALIVE_MS = 100;
const GUARD_MS = 700;
const DEAD_MS = 1000;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("a guarded address", () => {
  let network: FakeNetwork;
  let guard: FakeGuard;
  let pulse: MemoryPulse;
  let clock: VirtualClock;
  let log: RecordingLogger;
  let keeper: AddressKeeper;
  let agent: AddressAgent;

  beforeEach(async () => {
    network = new FakeNetwork();
    guard = new FakeGuard();
    network.guard = guard;
    pulse = new MemoryPulse();
    clock = new VirtualClock();
    log = new RecordingLogger();
    const config = { guardMs: GUARD_MS, deadMs: DEAD_MS };
    keeper = new AddressKeeper({ network, pulse, clock, log, config });
    agent = new AddressAgent(network, keeper, log);
    await keeper.start(signal);
    await beat();
    await agent.start(VIP, signal);
    network.calls.length = 0;
  });
  afterEach(() => keeper.stop());

  /** Signs of life, the first after so long. */
  async function beat(afterMs = KEEPALIVE_MS, times = 1): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      clock.advance(count === 0 ? afterMs : KEEPALIVE_MS);
      pulse.beat();
      await settled();
    }
  }
  const isHeld = (): boolean => network.held.some(({ address }) => address === ADDRESS);

  it("is known to the guard before it is there, until it is gone, and so are signs of life", async () => {
    expect(guard).toMatchObject({ afterMs: GUARD_MS, fed: 1 });
    expect([...guard.held]).toEqual([ADDRESS]);
    await beat(KEEPALIVE_MS, 5);
    expect(guard.fed).toBe(6);
    // Nothing is asked of the kernel while all is well.
    expect(network.calls).toEqual([]);
    network.afterChange = () => expect([...guard.held]).toEqual([ADDRESS]);
    await agent.stop(VIP, signal);
    expect([...guard.held]).toEqual([]);
    await agent.start(VIP, signal);
    expect([...guard.held]).toEqual([ADDRESS]);
  });

  it("stays with the guard when it could not be removed", async () => {
    network.failing = {
      operation: "remove",
      error: new SystoleError("ADDRESS_FAILED", "the kernel is out of sorts"),
    };
    expect(await agent.stop(VIP, signal)).toMatchObject({ ok: false });
    expect([...guard.held]).toEqual([ADDRESS]);
  });

  it("is none of the guard's business when it could not be added", async () => {
    await agent.stop(VIP, signal);
    network.failing = {
      operation: "add",
      error: new SystoleError("ADDRESS_FAILED", "the kernel is out of sorts"),
    };
    expect(await agent.start(VIP, signal)).toMatchObject({ ok: false });
    expect([...guard.held]).toEqual([]);
  });

  it("comes back with the next sign of life when this node was late by less than deadtime, announced", async () => {
    clock.advance(GUARD_MS);
    network.held = [];
    await beat(100);
    expect(isHeld()).toBe(true);
    expect(network.calls).toEqual([`add ${ADDRESS} eth0`, `announce ${ADDRESS} eth0`]);
    expect(log.of("address.lapsed")[0]?.fields).toMatchObject({ renewedAfterMs: 800 });
    expect(log.of("address.put-back")).toEqual([]);
  });

  it("is looked for, and found, when this node was almost late", async () => {
    await beat(GUARD_MS - 1);
    expect(network.calls).toEqual([`add ${ADDRESS} eth0`]);
    expect(log.of("address.lapsed")).toEqual([]);
  });

  it("is forfeited after a silence in which another node may have taken it", async () => {
    network.held = [];
    await beat(DEAD_MS);
    await beat(KEEPALIVE_MS, 5);
    expect(isHeld()).toBe(false);
    expect(log.of("address.forfeited")).toHaveLength(1);
    expect(await agent.status(VIP, signal)).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/went while this node stood still for 1 s: another node may have it/u),
    });
    expect(await agent.start(VIP, signal)).toEqual({ ok: true, state: "running" });
    expect([...guard.held]).toEqual([ADDRESS]);
  });

  it("is removed by this node itself when the whole machine stood still, and the guard with it", async () => {
    await beat(DEAD_MS);
    expect(isHeld()).toBe(false);
    expect(network.calls).toEqual([`remove ${ADDRESS} eth0`]);
    expect([...guard.held]).toEqual([]);
  });

  it("is left to the guard when the keeper stops while it is held", async () => {
    await keeper.stop();
    expect([...guard.held]).toEqual([ADDRESS]);
  });
});

describe("an address on a platform without a guard", () => {
  it("is held all the same, and the log says that nobody watches over it", async () => {
    const [network, log] = [new FakeNetwork(), new RecordingLogger()];
    const config = { guardMs: GUARD_MS, deadMs: DEAD_MS };
    const pulse = new MemoryPulse();
    const keeper = new AddressKeeper({ network, pulse, clock: new VirtualClock(), log, config });
    await keeper.start(signal);
    expect(log.of("address.unguarded")).toHaveLength(1);
    expect(await keeper.hold({ address: ADDRESS, prefixLength: 24, interface: "eth0" })).toBe("added");
    await keeper.stop();
  });
});
