// A cloud on the loopback interface: a served fence device behind a web server, and machines in memory.
import { definePlugin, FenceDevice, type FenceAction, type FenceResult } from "@systole/sdk";
import { serve, type ServeOptions } from "@systole/sdk/functions";
import { listen } from "@systole/sdk/functions/node";

export const KEY = "a key that is long enough to be one";

export class MemoryMachines implements FenceDevice {
  readonly machines = new Map([
    ["one", { power: "on" as "on" | "off", boots: 1 }],
    ["two", { power: "on" as "on" | "off", boots: 1 }],
  ]);
  mood: "working" | "broken" | "stalled" = "working";
  /** What was done, in order. */
  readonly done: string[] = [];

  async execute(action: FenceAction, node: string): Promise<FenceResult> {
    await this.obey();
    const machine = this.machines.get(node);
    if (machine === undefined) return { ok: false, kind: "unknown-node", reason: "no such machine" };
    this.done.push(`${action} ${node}`);
    if (action === "reset" || (action === "on" && machine.power === "off")) machine.boots += 1;
    machine.power = action === "off" ? "off" : "on";
    return { ok: true };
  }

  async status(node: string): Promise<"on" | "off" | "unknown"> {
    await this.obey();
    return this.machines.get(node)?.power ?? "unknown";
  }

  async list(): Promise<readonly string[]> {
    return [...this.machines.keys()];
  }

  private async obey(): Promise<void> {
    if (this.mood === "stalled") await new Promise(() => undefined);
    if (this.mood === "broken") throw new Error("the cloud's interface refuses");
  }
}

export interface Cloud {
  readonly url: string;
  readonly machines: MemoryMachines;
  /** Stands before the function: may answer by itself. Undefined: lets the request through. */
  before: (request: Request) => Promise<Response> | undefined;
  /** Stands behind the function: what it returns is sent. */
  after: (response: Response) => Promise<Response> | Response;
  close(): Promise<void>;
}

export async function openCloud(options: ServeOptions = {}): Promise<Cloud> {
  const machines = new MemoryMachines();
  const plugin = definePlugin({
    name: "machines",
    runtimes: ["node"],
    register: (host) => host.provide(FenceDevice, "machines", { inject: [], create: () => machines }),
  });
  const served = serve(plugin, { keyOf: () => KEY, ...options });
  const fetch = async (request: Request): Promise<Response> =>
    (await cloud.before(request)) ?? cloud.after(await served.fetch(request));
  const listening = await listen({ fetch }, { port: 0 });
  const cloud: Cloud = {
    url: `${listening.url}/fence?stage=1`,
    machines,
    before: () => undefined,
    after: (response) => response,
    close: () => listening.close(),
  };
  return cloud;
}
