// Whether somebody else has an address: who is asked, how long an answer is waited for, and what is made of it.
import { ResourceAgent, type AddressClaim, type ResourceSpec } from "@systole/sdk";
import { TestHost } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import plugin from "./index.js";
import { ADDRESS_LIMITS } from "./limits.js";

const VIP: ResourceSpec = { name: "vip", args: ["10.0.0.100/24/eth0"], parameters: {} };
const CLAIM: AddressClaim = { address: "10.0.0.100", interface: "eth0", mac: "02:00:00:00:00:07" };
const { questions, questionMs } = ADDRESS_LIMITS;
let host: TestHost;
let abort: AbortController;

/** What was resolved is done. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function pass(times: number): Promise<void> {
  for (let passed = 0; passed < times; passed += 1) {
    host.clock.advance(questionMs);
    await turns();
  }
}

/** What is done meanwhile, after the agent has begun to listen. */
async function ask(meanwhile: () => Promise<void> | void) {
  const answer = host.get(ResourceAgent, "ipaddr").elsewhere?.(VIP, abort.signal);
  await turns();
  await meanwhile();
  return await answer;
}

describe("asking the segment who has an address", () => {
  beforeEach(async () => {
    abort = new AbortController();
    host = await TestHost.boot(plugin);
  });

  afterEach(() => host.close());

  it("names who answers, at once", async () => {
    expect(await ask(() => host.network.claim(CLAIM))).toEqual({
      ok: true,
      state: "running",
      reason: "02:00:00:00:00:07 on eth0 answers for 10.0.0.100",
    });
  });

  it("asks several times before it is free, and listens no longer", async () => {
    const began = host.clock.nowMs();
    const answer = await ask(() => pass(questions));
    expect(answer).toEqual({ ok: true, state: "stopped" });
    expect(host.clock.nowMs() - began).toBe(questions * questionMs);
    expect(host.network.watchers).toBe(0);
  });

  it("an answer to the last question counts", async () => {
    const answer = await ask(async () => {
      await pass(questions - 1);
      host.network.claim(CLAIM);
    });
    expect(answer).toMatchObject({ state: "running" });
  });

  it("gives up when it is told to", async () => {
    expect(await ask(() => abort.abort())).toMatchObject({ ok: false, kind: "timeout" });
    expect(host.network.watchers).toBe(0);
  });

  it("is not there when systole.yaml says `addresses: { probe: off }`", async () => {
    const silent = await TestHost.boot(plugin, { config: { probe: false } });
    const agent = silent.get(ResourceAgent, "ipaddr");
    expect(agent.supports.elsewhere).toBe(false);
    expect(agent.elsewhere).toBeUndefined();
    await silent.close();
  });
});
