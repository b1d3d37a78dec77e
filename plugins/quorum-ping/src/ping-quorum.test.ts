import { Clock, Network, Quorum, type QuorumAnswer } from "@systole/sdk";
import {
  contractFor,
  MemoryNetwork,
  RealClock,
  runCase,
  service,
  TestHost,
  type QuorumSubject,
  type SubjectSource,
} from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import plugin from "./index.js";

const QUESTION = { self: "master", nodes: ["master", "cluster1"], alive: ["master"] };
const ROUTER = "192.0.2.1";
const SERVER = "192.0.2.2";
let network: MemoryNetwork;
let host: TestHost | undefined;

async function quorum(config: Readonly<Record<string, unknown>>): Promise<Quorum> {
  const targets = [ROUTER, SERVER];
  host = await TestHost.boot(plugin, {
    config: { targets, deadlineMs: 30, ...config },
    services: [service(Network, network), service(Clock, new RealClock())],
  });
  await host.start();
  return host.get(Quorum, "ping");
}

function ask(from: Quorum, signal = new AbortController().signal): Promise<QuorumAnswer> {
  return from.ask(QUESTION, signal);
}

beforeEach(() => {
  network = new MemoryNetwork("eth0");
});

afterEach(async () => {
  await host?.close();
  host = undefined;
  expect(network.echoes.openSockets).toBe(0);
});

describe("a quorum of hosts that answer", () => {
  it("grants as soon as enough have answered", async () => {
    network.echoes.answering.add(SERVER);
    expect(await ask(await quorum({ deadlineMs: 10_000 }))).toEqual({ kind: "granted" });
  });

  it("could not be reached when fewer have, and says how many", async () => {
    network.echoes.answering.add(SERVER);
    expect(await ask(await quorum({ need: 2 }))).toEqual({
      kind: "unreachable",
      reason: "1 of 2 targets answered within 30 ms, and 2 must",
    });
  });

  it("believes no answer of its own host", async () => {
    network.echoes.answering.add(ROUTER);
    await network.addresses.add({ address: ROUTER, prefixLength: 24, interface: "eth0" });
    expect((await ask(await quorum({}))).kind).toBe("unreachable");
  });

  it("asks again within the deadline: one echo may be lost", async () => {
    const asked = await quorum({ deadlineMs: 300 });
    setTimeout(() => network.echoes.answering.add(ROUTER), 20);
    expect((await ask(asked)).kind).toBe("granted");
  });

  it("gives up with its signal", async () => {
    const asked = await quorum({ deadlineMs: 10_000 });
    expect((await ask(asked, AbortSignal.timeout(10))).kind).toBe("unreachable");
  });

  it.each([
    [{ targets: [] }],
    [{ targets: ["router.example"] }],
    [{ targets: [ROUTER, ROUTER] }],
    [{ need: 3 }],
    [{ need: 0 }],
    [{ deadlineMs: 60_000 }],
    [{ quorum: 1 }],
  ])("refuses %j", async (config) => {
    await expect(quorum(config)).rejects.toMatchObject({ code: "PLUGIN_CONFIG_INVALID" });
  });
});

describe("the contract of a quorum", () => {
  const contract = contractFor("quorum");
  const source: SubjectSource<QuorumSubject> = {
    open: async () => {
      network.echoes.answering.add(ROUTER);
      return {
        quorum: await quorum({ deadlineMs: 200 }),
        question: QUESTION,
        break: async () => network.echoes.answering.clear(),
        stall: async () => network.echoes.answering.clear(),
      };
    },
  };
  it.each(contract.cases)("$id: $name", async (one) => {
    expect((await runCase(contract, one, source)).outcome).not.toBe("failed");
  });
});
