// A function on the loopback interface that looks after lamps; and what stands between it and a node.
import {
  definePlugin,
  ResourceAgent,
  type OperationOptions,
  type OperationResult,
  type ResourceSpec,
} from "@systole/sdk";
import { serve, type ServeOptions } from "@systole/sdk/functions";
import { listen } from "@systole/sdk/functions/node";

export const KEY = "a-key-that-is-long-enough-to-be-one";

export class Lamps implements ResourceAgent {
  readonly supports = { announce: false };
  readonly lit = new Set<string>();
  /** What was done, in order, and for which node. */
  readonly done: string[] = [];
  /** So long a start and a stop take; one that is given up before has done nothing. */
  slowMs = 0;
  /** So many times a lamp is not yet what it was told to be. */
  lag = 0;
  #lagging = 0;

  async start({ name, args }: ResourceSpec, signal: AbortSignal, { node }: OperationOptions = {}) {
    if (args.includes("broken")) return { ok: false, kind: "error", reason: "the lamp is broken" } as const;
    return this.#turn(name, "start", signal, node);
  }

  async stop({ name }: ResourceSpec, signal: AbortSignal, { node }: OperationOptions = {}) {
    return this.#turn(name, "stop", signal, node);
  }

  async status({ name }: ResourceSpec): Promise<OperationResult> {
    const isLit = this.#lagging > 0 ? !this.lit.has(name) : this.lit.has(name);
    if (this.#lagging > 0) this.#lagging -= 1;
    return { ok: true, state: isLit ? "running" : "stopped" };
  }

  async validate({ args }: ResourceSpec): Promise<readonly string[]> {
    return args.includes("broken") ? ["the lamp is broken"] : [];
  }

  async #turn(
    name: string,
    work: "start" | "stop",
    signal: AbortSignal,
    node: string | undefined,
  ): Promise<OperationResult> {
    await new Promise((go) => setTimeout(go, this.slowMs));
    if (signal.aborted) return { ok: false, kind: "timeout", reason: "given up" };
    this.done.push(node === undefined ? work : `${work} for ${node}`);
    if (work === "start") this.lit.add(name);
    else this.lit.delete(name);
    this.#lagging = this.lag;
    return { ok: true, state: work === "start" ? "running" : "stopped" };
  }
}

export interface LampFunction {
  readonly url: string;
  readonly lamps: Lamps;
  /** Operations that were asked for, in the order in which they arrived. */
  readonly asked: string[];
  /** Stands between the node and the function. */
  between: (pass: () => Promise<Response>, operation: string) => Promise<Response>;
  close(): Promise<void>;
}

export async function openLampFunction(options: ServeOptions = {}): Promise<LampFunction> {
  const lamps = new Lamps();
  const plugin = definePlugin({
    name: "lamps",
    runtimes: ["node"],
    register: (host) => host.provide(ResourceAgent, "lamps", { inject: [], create: () => lamps }),
  });
  const served = serve(plugin, { keyOf: () => KEY, ...options });
  const fetch = async (request: Request): Promise<Response> => {
    const { operation } = (await request.clone().json()) as { operation: string };
    lampFunction.asked.push(operation);
    return lampFunction.between(() => served.fetch(request), operation);
  };
  const listening = await listen({ fetch }, { port: 0 });
  const lampFunction: LampFunction = {
    url: `${listening.url}/lamps`,
    lamps,
    asked: [],
    between: (pass) => pass(),
    close: () => listening.close(),
  };
  return lampFunction;
}
