// A node on Cloudflare Workers: a Durable Object, of which there is one, with its storage as the cell and its alarm as the timer.
import type { HeldState, StateCell } from "../runtime/function/index.js";
import { clusterFunction, type ClusterFunction, type ClusterFunctionInit } from "./cluster-function.js";

export { clusterFunction, type ClusterFunction, type ClusterFunctionInit } from "./cluster-function.js";
export type { FunctionGroup, FunctionNodeConfig, FunctionResource } from "./function-model.js";
export { MemoryCell, type HeldState, type StateCell } from "../runtime/function/index.js";

/** Of a Durable Object's storage, what is used. */
export interface DurableStorage {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  setAlarm(atMs: number): Promise<void>;
}

/** Of what a Durable Object is made with. */
export interface DurableState {
  readonly storage: DurableStorage;
}

/** What a Worker says of its node; the rest is the Durable Object's own affair. */
export type WorkersNodeConfig = Omit<ClusterFunctionInit, "cell" | "runtime" | "wakeIn" | "finishesFirst">;

export interface DurableNode {
  fetch(request: Request): Promise<Response>;
  alarm(): Promise<void>;
}

export type DurableNodeClass<Env> = new (state: DurableState, env: Env) => DurableNode;

/** A binding of a Durable Object's class. */
export interface DurableNamespace {
  idFromName(name: string): unknown;
  get(id: never): { fetch(request: Request): Promise<Response> };
}

const STATE_KEY = "node";
/** An alarm that was missed, or rings late, is set again by the next call. */
const SOONEST_ALARM_MS = 10;

/**
 * The class of the Durable Object that is the node; export it from the Worker. `configOf` is called once in each instance, with
 * the Worker's environment, in which the secrets are.
 */
export function durableNode<Env>(configOf: (env: Env) => WorkersNodeConfig): DurableNodeClass<Env> {
  return class SystoleNode implements DurableNode {
    readonly #function: ClusterFunction;
    /** The alarm that is set, as far as this instance knows. */
    #alarmAtMs = Number.NEGATIVE_INFINITY;

    constructor(state: DurableState, env: Env) {
      const { storage } = state;
      this.#function = clusterFunction({
        ...configOf(env),
        runtime: "workers",
        cell: new DurableCell(storage),
        wakeIn: async (delayMs) => {
          const nowMs = Date.now();
          const atMs = nowMs + Math.max(SOONEST_ALARM_MS, delayMs);
          // One that rings earlier sets the next; setting it costs as much as writing the state.
          if (this.#alarmAtMs > nowMs && this.#alarmAtMs <= atMs) return;
          this.#alarmAtMs = atMs;
          await storage.setAlarm(atMs);
        },
      });
    }

    fetch(request: Request): Promise<Response> {
      return this.#function.fetch(request);
    }

    alarm(): Promise<void> {
      this.#alarmAtMs = Number.NEGATIVE_INFINITY;
      return this.#function.alarm();
    }
  };
}

/** What a Worker does with a request for its node: there is one Durable Object for the name. */
export function fetchDurableNode(
  namespace: DurableNamespace,
  name: string,
  request: Request,
): Promise<Response> {
  return namespace.get(namespace.idFromName(name) as never).fetch(request);
}

/** While a Durable Object waits for its storage nothing else happens to it: looking and writing are one step. */
class DurableCell implements StateCell {
  constructor(private readonly storage: DurableStorage) {}

  async load(): Promise<HeldState | undefined> {
    return (await this.storage.get(STATE_KEY)) as HeldState | undefined;
  }

  async save(bytes: Uint8Array, over: string | undefined): Promise<boolean> {
    const held = await this.load();
    if (held?.version !== over) return false;
    await this.storage.put(STATE_KEY, { bytes, version: String(Number(over ?? 0) + 1) });
    return true;
  }
}
