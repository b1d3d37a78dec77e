// An agent and its function over real HTTP on the loopback interface; replies get lost, work is slow, and nothing is believed
// that was not seen.
import { AgentCatalogue, Clock, ResourceAgent, type ResourceSpec } from "@systole/sdk";
import { contractFor, RealClock, runContract, service, TestHost } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import plugin from "./index.js";
import { KEY, openLampFunction, type LampFunction } from "./testing/lamp-function.js";

const live = (): AbortSignal => new AbortController().signal;
const resource: ResourceSpec = { name: "lamp", args: ["hall"], parameters: {} };
const lost = (): Response => new Response("", { status: 502 });

/** Tells the right time, and waits a tenth of it. */
class HurriedClock extends RealClock {
  override wakeAt(atMs: number, wake: () => void): () => void {
    return super.wakeAt(this.nowMs() + (atMs - this.nowMs()) / 10, wake);
  }
}

let lampFunction: LampFunction;
let host: TestHost;
beforeEach(async () => {
  process.env["AGENT_FUNCTION_TEST"] = KEY;
  lampFunction = await openLampFunction();
});
afterEach(async () => {
  delete process.env["AGENT_FUNCTION_TEST"];
  await lampFunction.close();
});

async function open(settings: object = {}, clock: Clock = new RealClock()): Promise<ResourceAgent> {
  const agent = {
    url: lampFunction.url,
    key: { env: "AGENT_FUNCTION_TEST" },
    cluster: "web",
    ...settings,
  };
  host = await TestHost.boot(plugin, {
    config: { agents: { "function:lamp": agent } },
    services: [service(Clock, clock)],
  });
  return host.get(ResourceAgent, "function:lamp");
}

it("keeps the contract", async () => {
  const results = await runContract(contractFor("resource-agent"), {
    open: async () => {
      await lampFunction.close();
      lampFunction = await openLampFunction();
      const { lamps } = lampFunction;
      return {
        agent: await open(),
        resource,
        broken: { ...resource, args: ["broken"] },
        crash: async () => lamps.lit.clear(),
        probe: async () => lamps.lit.has("lamp"),
      };
    },
  });
  expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect(results.filter(({ outcome }) => outcome === "passed").length).toBeGreaterThan(12);
});

it("says which node asks, what of the cluster's time is left, and which agent is meant", async () => {
  const agent = await open({ agent: "lamps" });
  expect(await agent.start(resource, live(), { node: "alpha", withinMs: 5000 })).toMatchObject({ ok: true });
  expect(lampFunction.lamps.done).toEqual(["start for alpha"]);
  const other = await open({ agent: "sun" });
  expect(await other.start(resource, live())).toMatchObject({
    kind: "error",
    reason: 'the function refuses the call: this function has not resource-agent "sun": it has lamps',
  });
});

describe("a start", () => {
  it("whose answer got lost is done once", async () => {
    const agent = await open({}, new HurriedClock());
    let answers = 0;
    lampFunction.between = async (pass) => {
      const response = await pass();
      answers += 1;
      return answers === 1 ? lost() : response;
    };
    expect(await agent.start(resource, live())).toEqual({ ok: true, state: "running" });
    expect(lampFunction.asked).toEqual(["start", "start", "status"]);
    expect(lampFunction.lamps.done).toEqual(["start"]);
  });

  it("of which no answer comes back is a success when the status says so", async () => {
    const agent = await open();
    lampFunction.between = async (pass, operation) => {
      const response = await pass();
      return operation === "start" ? new Promise(() => undefined) : response;
    };
    expect(await agent.start(resource, live(), { withinMs: 1000 })).toEqual({ ok: true, state: "running" });
    expect(lampFunction.lamps.done).toEqual(["start"]);
    expect(host.log.of("function.outcome-unknown")).toHaveLength(1);
  });

  it("counts when the status says so, however soon it was answered", async () => {
    const agent = await open({}, new HurriedClock());
    lampFunction.lamps.lag = 2;
    expect(await agent.start(resource, live())).toEqual({ ok: true, state: "running" });
    expect(lampFunction.asked).toEqual(["start", "status", "status", "status"]);
  });

  it("that the status never confirms has timed out", async () => {
    const agent = await open();
    lampFunction.lamps.lag = 1000;
    expect(await agent.start(resource, live(), { withinMs: 400 })).toEqual({
      ok: false,
      kind: "timeout",
      reason: "the function's status says stopped after the start",
    });
  });

  it("that arrives when its time is over is not done", async () => {
    const agent = await open();
    let late: Promise<Response> | undefined;
    lampFunction.between = async (pass, operation) => {
      if (operation !== "start") return pass();
      late ??= new Promise((go) => setTimeout(() => go(pass()), 300));
      return new Promise(() => undefined);
    };
    expect(await agent.start(resource, live(), { withinMs: 250 })).toMatchObject({ kind: "timeout" });
    expect((await late)?.status).toBe(409);
    expect(lampFunction.lamps.done).toEqual([]);
  });

  it("with the wrong key has failed at once, and nothing is waited for", async () => {
    process.env["AGENT_FUNCTION_TEST"] = KEY.toUpperCase();
    const agent = await open();
    const failed = { kind: "error", reason: "it answers with HTTP 401: has it the same key as this node?" };
    expect(await agent.start(resource, live())).toMatchObject(failed);
    expect(await agent.stop(resource, live())).toMatchObject(failed);
    expect(lampFunction.asked).toEqual(["start", "stop"]);
  });
});

describe("a stop", () => {
  it("that cannot be confirmed has failed", async () => {
    const agent = await open({}, new HurriedClock());
    await agent.start(resource, live());
    lampFunction.between = async (pass, operation) => {
      const response = await pass();
      return operation === "stop" ? response : lost();
    };
    const result = await agent.stop(resource, live(), { withinMs: 500 });
    expect(result).toMatchObject({ ok: false, kind: "timeout" });
    expect(lampFunction.lamps.done).toEqual(["start", "stop"]);
  });

  it("waits until a start that was given up is over, so that it is the last", async () => {
    const agent = await open();
    lampFunction.lamps.slowMs = 150;
    const abort = new AbortController();
    const starting = agent.start(resource, abort.signal, { withinMs: 400 });
    setTimeout(() => abort.abort(), 50);
    expect(await starting).toMatchObject({ ok: false, kind: "timeout" });
    expect(await agent.stop(resource, live(), { withinMs: 5000 })).toEqual({ ok: true, state: "stopped" });
    expect(lampFunction.lamps.done).toEqual(["start", "stop"]);
    expect(host.log.of("function.waits-for-earlier")).toHaveLength(1);
    expect(lampFunction.lamps.lit.size).toBe(0);
  });

  it("for which there is no time to wait has timed out", async () => {
    const agent = await open();
    lampFunction.between = () => new Promise(() => undefined);
    await agent.start(resource, AbortSignal.timeout(50), { withinMs: 60_000 });
    lampFunction.between = (pass) => pass();
    expect(await agent.stop(resource, AbortSignal.timeout(50))).toEqual({
      ok: false,
      kind: "timeout",
      reason: "an earlier start or stop may still be under way",
    });
  });
});

describe("a look", () => {
  it("outlasts a function that is not there for a moment", async () => {
    const agent = await open({}, new HurriedClock());
    await agent.start(resource, live());
    let failures = 5;
    lampFunction.between = async (pass) => (failures-- > 0 ? lost() : pass());
    expect(await agent.status(resource, live(), { withinMs: 10_000 })).toEqual({
      ok: true,
      state: "running",
    });
  });

  it("at a function that is not there ends with its time", async () => {
    const agent = await open();
    await lampFunction.close();
    expect(await agent.status(resource, live(), { withinMs: 300 })).toMatchObject({
      ok: false,
      kind: "timeout",
      reason: expect.stringContaining("no answer") as string,
    });
    expect(await agent.validate(resource, AbortSignal.timeout(100))).toEqual([
      expect.stringContaining("the function cannot be asked: no answer"),
    ]);
  });

  it("from the catalogue tells what the function says of its agent", async () => {
    await open();
    const catalogue = host.get(AgentCatalogue, "function:lamp");
    expect(await catalogue.list(live())).toEqual(["function:lamp"]);
    expect(await catalogue.describe([], live())).toMatchObject({ ok: true, description: { title: "lamps" } });
  });
});

it.each([
  [{ url: "ftp://x" }, /url: must begin with https/],
  [{ key: KEY }, /must say where the key is/],
  [{ cluster: "" }, /cluster: must be a name/],
  [{ withinMs: 0 }, /withinMs/],
])("the configuration %j is refused", async (settings, problem) => {
  await expect(open(settings)).rejects.toThrow(problem);
});
