import { SystoleError, type HeldAddress, type Logger, type ResourceSpec } from "@systole/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { AddressAgent } from "./address-agent.js";
import agentIpaddr from "./index.js";
import { FakeNetwork, fakeInterface } from "./testing/fake-network.js";
import { idleKeeper } from "./testing/idle-keeper.js";

const signal = new AbortController().signal;
const resource = (text: string): ResourceSpec => ({ name: text, args: [text], parameters: {} });
const VIP = resource("10.0.0.100/24/eth0:0");
const held = (change: Partial<HeldAddress> = {}): HeldAddress => ({
  address: "10.0.0.100",
  family: 4,
  prefixLength: 24,
  interface: "eth0",
  ...change,
});
const running = { ok: true, state: "running" };
const stopped = { ok: true, state: "stopped" };
const broken = (reason: unknown) => ({ ok: true, state: "failed", reason });

describe("the address agent", () => {
  let network: FakeNetwork;
  let agent: AddressAgent;
  let logged: string[];

  beforeEach(() => {
    logged = [];
    const record = (event: string): void => void logged.push(event);
    const log: Logger = { debug: record, info: record, warn: record, error: record, child: () => log };
    network = new FakeNetwork();
    agent = new AddressAgent(network, idleKeeper(network, log), log);
  });

  it("is the plugin's agent", () => {
    expect(agentIpaddr).toMatchObject({ kind: "systole.plugin", name: "agent-ipaddr" });
    expect(agent.supports).toEqual({ announce: true, elsewhere: false });
  });

  describe("start", () => {
    it("adds, with alias and broadcast, and then announces", async () => {
      expect(await agent.start(VIP, signal)).toEqual(running);
      expect(network.held).toEqual([held({ label: "eth0:0", broadcast: "10.0.0.255" })]);
      expect(network.calls).toEqual(["add 10.0.0.100 eth0", "announce 10.0.0.100 eth0"]);
    });

    it("succeeds again when it is there, and announces again", async () => {
      network.held = [held()];
      expect(await agent.start(VIP, signal)).toEqual(running);
      expect(network.held).toEqual([held()]);
      expect(network.calls).toEqual(["add 10.0.0.100 eth0", "announce 10.0.0.100 eth0"]);
    });

    it("finds interface and prefix by the route", async () => {
      network.routes.set("10.0.0.100", { interface: "eth1", onLinkPrefixLength: 22 });
      expect(await agent.start(resource("10.0.0.100"), signal)).toEqual(running);
      expect(network.held).toEqual([held({ interface: "eth1", prefixLength: 22, broadcast: "10.0.3.255" })]);
    });

    it("takes the prefix that is written over the route's, and the broadcast as well", async () => {
      network.routes.set("10.0.0.100", { interface: "eth1", onLinkPrefixLength: 22 });
      expect(await agent.start(resource("10.0.0.100/25/10.0.0.9"), signal)).toEqual(running);
      expect(network.held).toEqual([held({ interface: "eth1", prefixLength: 25, broadcast: "10.0.0.9" })]);
    });

    it("adds IPv6 without label and broadcast", async () => {
      expect(await agent.start(resource("2001:DB8::1/64/eth0:0"), signal)).toEqual(running);
      expect(network.held).toEqual([
        { address: "2001:db8::1", family: 6, prefixLength: 64, interface: "eth0" },
      ]);
    });

    it("does not announce on loopback", async () => {
      expect(await agent.start(resource("10.0.0.100/32/lo"), signal)).toEqual(running);
      expect(network.calls).toEqual(["add 10.0.0.100 lo"]);
    });

    it.each([
      ["behind a gateway", { interface: "eth0", source: "10.9.0.1" }],
      ["without a route", undefined],
    ])("cannot run here %s", async (_, route) => {
      if (route !== undefined) network.routes.set("10.0.0.100", route);
      expect(await agent.start(resource("10.0.0.100/24"), signal)).toEqual({
        ok: false,
        kind: "not-here",
        reason: expect.stringMatching(
          /directly connected to the network of 10\.0\.0\.100; .*10\.0\.0\.100\/24\/eth0/u,
        ),
      });
      expect(network.calls).toEqual([]);
    });

    it("cannot run here without the interface, or while it is down", async () => {
      network.interfaces = [fakeInterface("eth1")];
      expect(await agent.start(VIP, signal)).toMatchObject({
        kind: "not-here",
        reason: expect.stringMatching(/no interface eth0/u),
      });
      network.interfaces = [fakeInterface("eth0", { up: false })];
      expect(await agent.start(VIP, signal)).toMatchObject({
        kind: "not-here",
        reason: expect.stringMatching(/eth0 is down/u),
      });
      network.held = [held()];
      expect(await agent.start(VIP, signal)).toMatchObject({
        kind: "not-here",
        reason: expect.stringMatching(/eth0 is down/u),
      });
      expect(network.calls).toEqual([]);
    });

    it("refuses an address that is on another interface", async () => {
      network.held = [held({ interface: "eth1" })];
      expect(await agent.start(VIP, signal)).toEqual({
        ok: false,
        kind: "error",
        reason: expect.stringMatching(
          /already on eth1 of this node, not on eth0; .*del 10\.0\.0\.100\/24 dev eth1/u,
        ),
      });
      expect(network.calls).toEqual([]);
    });

    it("refuses an address that another host uses", async () => {
      network.held = [held({ duplicate: true })];
      expect(await agent.start(VIP, signal)).toMatchObject({
        ok: false,
        kind: "error",
        reason: expect.stringMatching(/another host/u),
      });
    });

    it("answers with the kernel's reason when it cannot be added", async () => {
      network.failing = { operation: "add", error: new SystoleError("ADDRESS_FAILED", "EPERM") };
      expect(await agent.start(VIP, signal)).toEqual({ ok: false, kind: "error", reason: "EPERM" });
      network.failing = { operation: "add", error: new SystoleError("INTERFACE_NOT_FOUND", "gone") };
      expect(await agent.start(VIP, signal)).toEqual({ ok: false, kind: "not-here", reason: "gone" });
    });

    it("keeps an address that cannot be announced, and says so", async () => {
      network.failing = { operation: "announce", error: new SystoleError("ADDRESS_FAILED", "no arping") };
      expect(await agent.start(VIP, signal)).toEqual(running);
      expect(logged).toContain("address.announce-failed");
    });

    it("does nothing after an abort, and undoes what it did during one", async () => {
      const abort = new AbortController();
      network.afterChange = () => abort.abort();
      expect(await agent.start(VIP, abort.signal)).toMatchObject({ ok: false, kind: "timeout" });
      expect(network.held).toEqual([]);
      network.calls.length = 0;
      expect(await agent.start(VIP, abort.signal)).toMatchObject({ ok: false, kind: "timeout" });
      expect(network.calls).toEqual([]);
    });

    it("answers a text that it cannot read", async () => {
      expect(await agent.start(resource("10.0.0/24"), signal)).toMatchObject({
        kind: "error",
        reason: expect.stringMatching(/not an IPv4/u),
      });
    });
  });

  describe("stop", () => {
    it("removes the address, whatever its prefix, and nothing else", async () => {
      const other = held({ address: "10.0.0.101" });
      const onLoopback = held({ interface: "lo" });
      network.held = [held(), other, held({ prefixLength: 32 }), onLoopback];
      expect(await agent.stop(VIP, signal)).toEqual(stopped);
      expect(network.held).toEqual([other, onLoopback]);
    });

    it("removes the address also from where something else has moved it", async () => {
      network.held = [held({ interface: "eth1" })];
      expect(await agent.stop(VIP, signal)).toEqual(stopped);
      expect(network.held).toEqual([]);
    });

    it("finds the address where no interface is named", async () => {
      network.held = [held({ interface: "eth1" })];
      expect(await agent.stop(resource("10.0.0.100/24"), signal)).toEqual(stopped);
      expect(network.held).toEqual([]);
    });

    it("succeeds when there is nothing to stop", async () => {
      expect(await agent.stop(VIP, signal)).toEqual(stopped);
      expect(await agent.stop(resource("10.0.0.100/24/eth9"), signal)).toEqual(stopped);
      expect(await agent.stop(resource("nonsense"), signal)).toEqual(stopped);
      expect(network.calls).toEqual([]);
    });

    it("verifies: an address that stays, or comes back, is an error", async () => {
      network.held = [held()];
      network.afterChange = () => {
        network.held = [held()];
      };
      expect(await agent.stop(VIP, signal)).toMatchObject({
        ok: false,
        kind: "error",
        reason: expect.stringMatching(/again after/u),
      });
      network.failing = { operation: "remove", error: new SystoleError("ADDRESS_FAILED", "EPERM") };
      expect(await agent.stop(VIP, signal)).toEqual({ ok: false, kind: "error", reason: "EPERM" });
    });

    it("succeeds when the interface goes away meanwhile", async () => {
      network.held = [held()];
      network.failing = {
        operation: "remove",
        get error() {
          network.held = [];
          return new SystoleError("INTERFACE_NOT_FOUND", "gone");
        },
      };
      expect(await agent.stop(VIP, signal)).toEqual(stopped);
    });
  });

  describe("status", () => {
    it("is running while the address is on that interface", async () => {
      expect(await agent.status(VIP, signal)).toEqual(stopped);
      network.held = [held({ interface: "eth1" })];
      expect(await agent.status(resource("10.0.0.100"), signal)).toEqual(running);
      network.held = [held()];
      expect(await agent.status(VIP, signal)).toEqual(running);
    });

    it("says so when something has moved the address to another interface, other than loopback", async () => {
      network.held = [held({ interface: "eth1" })];
      const reason = expect.stringMatching(/10\.0\.0\.100 is on eth1 of this node, and not on eth0/u);
      expect(await agent.status(VIP, signal)).toEqual(broken(reason));
      network.held = [held({ interface: "lo" })];
      expect(await agent.status(VIP, signal)).toEqual(stopped);
    });

    it("is failed while the interface is down, and when somebody else has the address", async () => {
      network.held = [held()];
      network.interfaces = [fakeInterface("eth0", { up: false })];
      expect(await agent.status(VIP, signal)).toEqual(broken("interface eth0 is down"));
      network.interfaces = [fakeInterface("eth0")];
      network.held = [held({ duplicate: true })];
      expect(await agent.status(VIP, signal)).toEqual(broken(expect.stringMatching(/another host uses/u)));
    });
  });

  describe("announce", () => {
    it("tells the network again", async () => {
      network.held = [held()];
      expect(await agent.announce(VIP, signal)).toEqual(running);
      expect(network.calls).toEqual(["announce 10.0.0.100 eth0"]);
    });

    it("never announces what is not held here", async () => {
      expect(await agent.announce(VIP, signal)).toMatchObject({
        ok: false,
        kind: "error",
        reason: expect.stringMatching(/not held/u),
      });
      expect(network.calls).toEqual([]);
    });

    it("answers with the reason of a failure", async () => {
      network.held = [held()];
      network.failing = { operation: "announce", error: new SystoleError("ADDRESS_FAILED", "ENETDOWN") };
      expect(await agent.announce(VIP, signal)).toEqual({ ok: false, kind: "error", reason: "ENETDOWN" });
    });
  });

  describe("validate", () => {
    it("finds nothing wrong with what can run here", async () => {
      expect(await agent.validate(VIP, signal)).toEqual([]);
      network.routes.set("10.0.0.100", { interface: "eth0", onLinkPrefixLength: 24 });
      expect(await agent.validate(resource("10.0.0.100"), signal)).toEqual([]);
      network.routes.clear();
      network.held = [held()];
      expect(await agent.validate(resource("10.0.0.100"), signal)).toEqual([]);
    });

    it.each([
      ["10.0.0.100/24/eth9", /no interface eth9/u],
      ["10.0.0.100/33", /mask bits/u],
      ["10.0.0.100", /directly connected/u],
    ])("says what is wrong with %s", async (text, problem) => {
      expect(await agent.validate(resource(text), signal)).toEqual([expect.stringMatching(problem)]);
    });

    it("asks for the mask bits where the interface alone does not say them", async () => {
      const parameters = { ip: "10.0.0.100", nic: "eth0" };
      network.routes.set("10.0.0.100", { interface: "eth1", onLinkPrefixLength: 24 });
      expect(await agent.validate({ name: "r", args: [], parameters }, signal)).toEqual([
        expect.stringMatching(/eth0 is not connected to the network of 10\.0\.0\.100/u),
      ]);
    });
  });
});
