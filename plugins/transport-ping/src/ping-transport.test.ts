// A ping node as a medium, on a network of plain data: the contract, and who may answer.
import { type FrameReceiver, type Plugin, SystoleError } from "@systole/sdk";
import { RecordingLogger, transportCasesFor, type TransportSubject } from "@systole/sdk/testkit";
import { describe, expect, test, vi } from "vitest";
import type { PingNode } from "./config.js";
import plugin from "./index.js";
import { PingTransport } from "./ping-transport.js";
import { faithful, FakeClock, FakeEchoNetwork } from "./testing/fake-echo-network.js";

const never = new AbortController().signal;
const gateway: PingNode = { name: "gw", group: false, hosts: ["10.0.0.1"] };
const routers: PingNode = { name: "routers", group: true, hosts: ["10.0.0.1", "10.0.0.2", "FD00::1"] };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(node: PingNode, names: Readonly<Record<string, readonly string[]>> = {}) {
  const fake = new FakeEchoNetwork();
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const resolve = async (host: string): Promise<readonly string[]> => {
    const found = names[host];
    if (found === undefined) throw new Error("ENOTFOUND");
    return found;
  };
  const transport = new PingTransport(node, fake.network, log, clock, resolve);
  const frames: string[] = [];
  const failures: Error[] = [];
  const receiver: FrameReceiver = {
    frame: (bytes, from) => frames.push(`${from} ${text(bytes)}`),
    failed: (error) => failures.push(error),
  };
  const attach = (): void => transport.attach(receiver);
  return { fake, clock, log, transport, frames, failures, attach };
}

async function started(node: PingNode, names: Readonly<Record<string, readonly string[]>> = {}) {
  const all = setUp(node, names);
  all.attach();
  await all.transport.start(never);
  return all;
}

for (const node of [gateway, routers]) {
  describe(`transport contract: ${node.name}`, () => {
    const subject: TransportSubject = {
      offers: [],
      open: async () => {
        const { transport, fake } = setUp(node);
        return {
          sender: transport,
          receiver: transport,
          close: async () => expect(fake.openSockets.size).toBe(0),
        };
      },
    };
    for (const one of transportCasesFor(subject)) {
      test(`${one.id}: ${one.name}`, () => expect(one.run(subject)).resolves.toBeUndefined());
    }
  });
}

test("names itself after the node it probes", () => {
  const { transport } = setUp(routers);
  expect(transport.medium).toBe("routers");
  expect(transport.supports).toEqual({ maxFrameBytes: 65507, probe: "routers" });
});

test("a group pings every member with one sequence, and delivers one echo", async () => {
  const { transport, fake, frames } = await started(routers);
  await transport.send(Buffer.from("one"));
  await transport.send(Buffer.from("two"));
  expect(fake.pinged.map(({ address, sequence }) => `${sequence} ${address}`)).toEqual([
    "0 10.0.0.1",
    "0 10.0.0.2",
    "0 FD00::1",
    "1 10.0.0.1",
    "1 10.0.0.2",
    "1 FD00::1",
  ]);
  await vi.waitFor(() => expect(frames).toHaveLength(2));
  await turn();
  expect(frames).toEqual(["10.0.0.1 one", "10.0.0.1 two"]);
  await transport.stop();
  expect(fake.openSockets.size).toBe(0);
});

test("any member of a group may be the one that answers", async () => {
  const { transport, fake, frames } = await started(routers);
  fake.answer = (request) =>
    request.address === "FD00::1" ? faithful({ ...request, address: "fd00::1" }) : [];
  await transport.send(Buffer.from("one"));
  await vi.waitFor(() => expect(frames).toEqual(["fd00::1 one"]));
  await transport.stop();
});

test("drops replies of strangers, other bytes, unknown sequences and copies", async () => {
  const { transport, fake, frames } = await started(gateway);
  const data = Buffer.from("alive");
  fake.answer = ({ address, sequence }) => [
    { from: "10.0.0.66", sequence, data },
    { from: address, sequence, data: Buffer.from("forged") },
    { from: address, sequence: sequence + 1, data },
    { from: address, sequence, data },
    { from: address, sequence, data },
  ];
  await transport.send(data);
  await turn();
  await turn();
  expect(frames).toEqual(["10.0.0.1 alive"]);
  await transport.stop();
});

test("a name that is unknown at the start is used when it is known", async () => {
  const names: Record<string, readonly string[]> = {};
  const { transport, fake, clock, frames } = await started({ ...gateway, hosts: ["gw.example"] }, names);
  await expect(transport.send(Buffer.from("x"))).rejects.toMatchObject({
    code: "TRANSPORT_SEND_FAILED",
    retryable: true,
  });
  expect(fake.openSockets.size).toBe(0);
  names["gw.example"] = ["10.0.0.9"];
  await vi.waitFor(async () => {
    clock.now += 2000;
    await transport.send(Buffer.from("found")).catch(() => undefined);
    expect(frames).toContain("10.0.0.9 found");
  });
  await transport.stop();
  expect(fake.openSockets.size).toBe(0);
});

test("a resolver that never answers does not hold the start for long", async () => {
  vi.useFakeTimers();
  try {
    const fake = new FakeEchoNetwork();
    const hanging = new PingTransport(
      { ...gateway, hosts: ["gw.example"] },
      fake.network,
      new RecordingLogger(),
      new FakeClock(),
      () => new Promise(() => undefined),
    );
    const starting = hanging.start(never);
    await vi.advanceTimersByTimeAsync(2000);
    await expect(starting).resolves.toBeUndefined();
    await hanging.stop();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("one host that cannot be sent to does not keep the others from being pinged", async () => {
  const { transport, fake, failures } = setUp(routers);
  fake.refusedFamilies.add(6);
  transport.attach({ frame: () => undefined, failed: (error) => failures.push(error) });
  await transport.start(never);
  expect(failures).toHaveLength(1);
  await transport.send(Buffer.from("one"));
  await transport.send(Buffer.from("two"));
  expect(failures).toHaveLength(1);
  expect(fake.pinged).toHaveLength(4);
  await transport.stop();
});

test("a process that may not ping says so at the start", async () => {
  const { transport, fake } = setUp(gateway);
  fake.refusedFamilies.add(4);
  fake.refusal = new SystoleError("NETWORK_UNSUPPORTED", "This process may not open ICMP sockets.");
  await expect(transport.start(never)).rejects.toMatchObject({ code: "NETWORK_UNSUPPORTED" });
});

test("a send that the kernel refuses is a failed send and nothing else", async () => {
  const { transport, fake, frames, failures } = await started(gateway);
  fake.sendError = new Error("ENETUNREACH");
  await expect(transport.send(Buffer.from("x"))).rejects.toMatchObject({ code: "TRANSPORT_SEND_FAILED" });
  fake.sendError = undefined;
  await transport.send(Buffer.from("y"));
  await vi.waitFor(() => expect(frames).toEqual(["10.0.0.1 y"]));
  expect(failures).toEqual([]);
  await transport.stop();
});

test("replies after stop are not delivered", async () => {
  const { transport, fake, frames } = await started(gateway);
  fake.answer = () => [];
  await transport.send(Buffer.from("late"));
  await transport.stop();
  fake.reply({ from: "10.0.0.1", sequence: 0, data: Buffer.from("late") });
  expect(frames).toEqual([]);
});

test("the plugin offers one Transport for each node, as ping:<name>", () => {
  const offered: string[] = [];
  const host = { provide: (port: { port: string }, name: string) => offered.push(`${port.port} ${name}`) };
  (plugin satisfies Plugin).register(host as never, { nodes: [gateway, routers] } as never);
  expect(offered).toEqual(["transport ping:gw", "transport ping:routers"]);
});
