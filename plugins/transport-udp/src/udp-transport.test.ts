// A medium on an interface that is not as it should be, at the start and later. Loopback only.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { fstatSync, openSync } from "node:fs";
import { SystoleError, type FrameReceiver, type Plugin, type Transport } from "@systole/sdk";
import { RecordingLogger } from "@systole/sdk/testkit";
import { expect, test, vi } from "vitest";
import type { Medium } from "./config.js";
import plugin from "./index.js";
import { SharedParts } from "./shared-parts.js";
import { FakeNetwork, freePort, held, link } from "./testing/fake-network.js";
import { UdpTransport } from "./udp-transport.js";

const never = new AbortController().signal;
const ucast = (port: number, address = "127.0.0.1"): Medium => ({
  name: `ucast ${address}`,
  kind: "ucast",
  interface: "lo",
  address,
  port,
});

function recorder(): FrameReceiver & { readonly frames: string[]; readonly failures: Error[] } {
  const frames: string[] = [];
  const failures: Error[] = [];
  return {
    frames,
    failures,
    frame: (bytes) => frames.push(Buffer.from(bytes).toString()),
    failed: (error) => failures.push(error),
  };
}

/** A medium on the loopback interface that talks to itself. */
function loopbackMedium(
  network: FakeNetwork,
  medium: Medium,
  shared = new SharedParts(network, { firstMs: 10_000, lastMs: 10_000 }),
): { transport: UdpTransport; heard: ReturnType<typeof recorder>; log: RecordingLogger } {
  const log = new RecordingLogger();
  const transport = new UdpTransport(medium, shared, log);
  const heard = recorder();
  transport.attach(heard);
  return { transport, heard, log };
}

async function hears(
  { transport, heard }: { transport: Transport; heard: ReturnType<typeof recorder> },
  text: string,
): Promise<void> {
  await vi.waitFor(async () => {
    await transport.send(Buffer.from(text));
    expect(heard.frames).toContain(text);
  });
}

function resources(kind: RegExp): number {
  return process.getActiveResourcesInfo().filter((one) => kind.test(one)).length;
}

const openSockets = (): number => resources(/^UDP/);

test("an interface that does not exist ends the start", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  network.linksNow = [];
  const { transport } = loopbackMedium(network, ucast(await freePort()));
  await expect(transport.start(never)).rejects.toMatchObject({ code: "INTERFACE_NOT_FOUND" });
  expect(network.watchers.size).toBe(0);
});

test("a port in use ends the start and leaves nothing open", async () => {
  const other = createSocket("udp4").bind(0, "127.0.0.1");
  await once(other, "listening");
  const { transport } = loopbackMedium(FakeNetwork.loopback("127.0.0.1"), ucast(other.address().port));
  await expect(transport.start(never)).rejects.toMatchObject({ code: "TRANSPORT_START_FAILED" });
  other.close();
  await vi.waitFor(() => expect(openSockets()).toBe(0));
});

test("a descriptor that is no UDP socket ends the start and is closed", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  const given: number[] = [];
  network.boundUdp = () => {
    const fd = openSync("/dev/null", "r");
    given.push(fd);
    return fd;
  };
  const { transport } = loopbackMedium(network, ucast(await freePort()));
  await expect(transport.start(never)).rejects.toMatchObject({ code: "TRANSPORT_START_FAILED" });
  expect(given).toHaveLength(2);
  for (const fd of given) expect(() => fstatSync(fd)).toThrow("EBADF");
});

test("no address yet: starts, says so once, refuses to send, and works when the address comes", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  network.heldNow = [];
  const medium = loopbackMedium(network, ucast(await freePort()));
  await medium.transport.start(never);
  for (let count = 0; count < 3; count += 1) {
    network.setLink(link("lo"));
    const refusal = await medium.transport.send(Buffer.from("x")).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "TRANSPORT_SEND_FAILED", retryable: true });
    expect(String(refusal)).toContain("no IPv4 address");
  }
  await vi.waitFor(() => expect(network.looks).toBeGreaterThan(1));
  expect(medium.heard.failures).toHaveLength(1);
  expect(medium.heard.failures[0]).toMatchObject({ retryable: true });
  network.hold(held("127.0.0.1"));
  await vi.waitFor(() => expect(medium.log.entries.at(-1)?.event).toBe("medium.ready"));
  await hears(medium, "at last");
  expect(medium.log.entries.map(({ event }) => event)).toEqual(["medium.waiting", "medium.ready"]);
  await medium.transport.stop();
});

test("a stop ends the waiting for an address", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  network.heldNow = [];
  const { transport } = loopbackMedium(network, ucast(694));
  const timers = resources(/Timeout/);
  await transport.start(never);
  expect(resources(/Timeout/)).toBe(timers + 1);
  await transport.stop();
  expect(resources(/Timeout/)).toBe(timers);
  expect(network.watchers.size).toBe(0);
});

test("works again by itself when nobody tells that the address came", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  network.heldNow = [];
  const shared = new SharedParts(network, { firstMs: 5, lastMs: 20 });
  const medium = loopbackMedium(network, ucast(await freePort()), shared);
  await medium.transport.start(never);
  network.heldNow = [held("127.0.0.1")];
  await vi.waitFor(() => expect(medium.log.entries.at(-1)?.event).toBe("medium.ready"));
  await hears(medium, "without a word");
  await medium.transport.stop();
});

test("an address that moves moves the sockets", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  const medium = loopbackMedium(network, ucast(await freePort(), "127.0.0.2"));
  await medium.transport.start(never);
  network.heldNow = [held("127.0.0.2")];
  network.tell({ kind: "address", change: "added", held: held("127.0.0.2") });
  await hears(medium, "from the new address");
  expect(medium.heard.failures).toEqual([]);
  await medium.transport.stop();
});

test("events of other interfaces are nobody's business", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  const { transport } = loopbackMedium(network, ucast(await freePort()));
  await transport.start(never);
  expect(openSockets()).toBeGreaterThan(0);
  const looks = network.looks;
  network.tell({ kind: "link", interface: link("eth9") });
  network.tell({ kind: "address", change: "added", held: held("10.0.0.1", { interface: "eth9" }) });
  await new Promise((resolve) => setImmediate(resolve));
  expect(network.looks).toBe(looks);
  await transport.stop();
});

test("two media on one interface and port: a frame is heard once, and by the other when one stops", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  const shared = new SharedParts(network);
  const port = await freePort();
  const [first, second] = [ucast(port), ucast(port, "127.0.0.9")].map((one) =>
    loopbackMedium(network, one, shared),
  );
  if (first === undefined || second === undefined) throw new Error("two media were made");
  await first.transport.start(never);
  await second.transport.start(never);
  await first.transport.send(Buffer.from("one"));
  await first.transport.send(Buffer.from("two"));
  await vi.waitFor(() => expect(first.heard.frames).toEqual(["one", "two"]));
  expect(second.heard.frames).toEqual([]);
  const peer = createSocket("udp4");
  await first.transport.stop();
  peer.send("three", port, "127.0.0.1");
  await vi.waitFor(() => expect(second.heard.frames).toEqual(["three"]));
  peer.close();
  await second.transport.stop();
  expect(network.watchers.size).toBe(0);
});

test("frames of strangers are delivered: who may speak is decided by signatures", async () => {
  const port = await freePort();
  const { transport, heard } = loopbackMedium(FakeNetwork.loopback("127.0.0.1"), ucast(port, "127.0.0.9"));
  await transport.start(never);
  const stranger = createSocket("udp4");
  stranger.send("hello", port, "127.0.0.1");
  await vi.waitFor(() => expect(heard.frames).toEqual(["hello"]));
  stranger.close();
  await transport.stop();
});

test("a start whose look never ends gives up when its signal is aborted", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  network.links.list = () => new Promise(() => undefined);
  const { transport } = loopbackMedium(network, ucast(await freePort()));
  const stopper = new AbortController();
  const starting = transport.start(stopper.signal);
  stopper.abort();
  await expect(starting).rejects.toMatchObject({ code: "TRANSPORT_START_FAILED" });
  expect(network.watchers.size).toBe(0);
});

test("nothing is left open after many starts and stops, with sends under way", async () => {
  const network = FakeNetwork.loopback("127.0.0.1");
  const port = await freePort();
  const outcomes: unknown[] = [];
  for (let count = 0; count < 20; count += 1) {
    const { transport } = loopbackMedium(network, ucast(port));
    const starting = transport.start(never);
    if (count % 2 === 0) await starting;
    const sends = [1, 2, 3].map((byte) =>
      transport.send(Uint8Array.of(byte)).then(
        () => "sent",
        (error: unknown) => error,
      ),
    );
    await transport.stop();
    await starting.catch(() => undefined);
    outcomes.push(...(await Promise.all(sends)));
  }
  expect(outcomes.filter((one) => one !== "sent" && !(one instanceof SystoleError))).toEqual([]);
  await vi.waitFor(() => expect(openSockets()).toBe(0));
});

test("the plugin offers one Transport for each medium, under its name", () => {
  const offered: string[] = [];
  const host = { provide: (port: { port: string }, name: string) => offered.push(`${port.port} ${name}`) };
  const media = [ucast(694), { ...ucast(694, "127.0.0.2"), name: "second" }];
  (plugin satisfies Plugin).register(host as never, { media } as never);
  expect(offered).toEqual(["transport ucast 127.0.0.1", "transport second"]);
});
