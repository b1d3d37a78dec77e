import { Confirmations, FenceDevice, type NodeView } from "@systole/sdk";
import { contractFor, runContract, service, TestHost } from "@systole/sdk/testkit";
import { expect, it } from "vitest";
import plugin from "./index.js";

const live = (): AbortSignal => new AbortController().signal;

/** Goes to the machine, pulls its plug, and says so; or refuses to, or does not come. */
class Person implements Confirmations {
  readonly running = new Set(["bravo", "charlie"]);
  mood: "willing" | "refusing" | "away" = "willing";

  ask(node: string, signal: AbortSignal): Promise<boolean> {
    if (this.mood === "away")
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(false), { once: true }));
    if (this.mood === "willing") this.running.delete(node);
    return Promise.resolve(this.mood === "willing");
  }
}

const nodeView = (name: string, kind: NodeView["kind"] = "normal"): NodeView => ({
  name,
  kind,
  state: "active",
  reason: "started",
  generation: 1,
  dialect: "systole",
  links: [],
  heardAtMs: 0,
});

async function open(config?: object, confirmations?: Confirmations) {
  const services = confirmations === undefined ? [] : [service(Confirmations, confirmations)];
  const host = await TestHost.boot(plugin, { config, services });
  const nodes = ["alpha", "bravo", "charlie"].map((name) => nodeView(name));
  host.cluster.situation = {
    ...host.cluster.situation,
    node: "alpha",
    nodes: [...nodes, nodeView("router", "ping")],
  };
  return { host, device: host.get(FenceDevice, "meatware") };
}

it("keeps the contract, with a person who does what is asked, refuses, or stays away", async () => {
  const results = await runContract(contractFor("fence-device"), {
    open: async () => {
      const person = new Person();
      const { device } = await open(undefined, person);
      return {
        device,
        node: "bravo",
        bystander: "charlie",
        actions: ["off", "reset"] as const,
        observe: async (node: string) => (person.running.has(node) ? ("on" as const) : ("off" as const)),
        break: async () => void (person.mood = "refusing"),
        stall: async () => void (person.mood = "away"),
      };
    },
  });
  expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  const ran = results.filter(({ outcome }) => outcome === "passed").map(({ id }) => id);
  expect(ran).toEqual(expect.arrayContaining(["off", "broken", "stalled", "unknown-node"]));
});

it("looks after every other node of the cluster, or after those that are named", async () => {
  expect(await (await open()).device.list(live())).toEqual(["bravo", "charlie"]);
  expect(await (await open({ hosts: ["delta"] })).device.list(live())).toEqual(["delta"]);
});

it("waits for the answer, and says in the log what is to be done", async () => {
  const { host, device } = await open();
  const result = device.execute("reset", "bravo", live());
  expect(host.confirmations.asked).toEqual(["bravo"]);
  expect(host.log.of("fence.person-asked")).toMatchObject([
    { fields: { node: "bravo", todo: expect.stringContaining("systole fence confirm bravo") as string } },
  ]);
  expect(host.confirmations.answer("charlie", true)).toBe(false);
  expect(host.confirmations.answer("bravo", true)).toBe(true);
  expect(await result).toEqual({ ok: true });
  await host.close();
});

it("gives up when nobody answers, and leaves no question open", async () => {
  const { host, device } = await open();
  const patience = new AbortController();
  const result = device.execute("off", "bravo", patience.signal);
  patience.abort();
  expect(await result).toEqual({
    ok: false,
    kind: "timeout",
    reason: "nobody has confirmed that bravo is off",
  });
  expect(host.confirmations.answer("bravo", true)).toBe(false);
  await host.close();
});
