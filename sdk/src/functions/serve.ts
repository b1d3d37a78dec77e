// A plugin as a function: signed calls come in, the plugin's agents, devices and notifiers do the work.
import { type Plugin, type RuntimeName, timeLimit } from "@systole/core/ports";
import {
  asLambda,
  CallsInMemory,
  LateCall,
  RefusedCall,
  signedHandler,
  type AnsweredCalls,
  type LambdaAnswer,
  type LambdaEvent,
  type ReceivedCall,
} from "@systole/core/http";
import type { Service } from "../hosting/provided-services.js";
import { ConsoleLogger } from "./console-logger.js";
import { FUNCTION_PURPOSE, onlyLooks, parseFunctionCall } from "./function-call.js";
import { keyOfCluster, type FunctionEnv } from "./function-keys.js";
import { hostRuntime, processEnvironment } from "./host-runtime.js";
import { MAX_CLUSTERS } from "./limits.js";
import { OneAtATime } from "./one-at-a-time.js";
import { performCall, type FunctionServices } from "./perform-call.js";
import { demandRuntime, pluginServices } from "./plugin-services.js";

export interface ServeOptions {
  /** The plugin's configuration for a cluster. Default: `SYSTOLE_CONFIG`, JSON; without it none. */
  readonly config?: (env: FunctionEnv, cluster: string) => unknown;
  /** The key of a cluster, at least 32 characters. Default: `SYSTOLE_KEYS` and `SYSTOLE_KEY`, see `keyOfCluster`. */
  readonly keyOf?: (cluster: string, env: FunctionEnv) => string | undefined | Promise<string | undefined>;
  /**
   * Remembers which calls were done. Default: in memory, which is enough where one instance runs, and for work that may be done
   * twice.
   */
  readonly calls?: (env: FunctionEnv) => AnsweredCalls;
  /** What the plugin is given beside `Clock` and `Logger`. */
  readonly services?: readonly Service[];
  /** Default: as it is found out. */
  readonly runtime?: RuntimeName;
  /** Milliseconds since 1970. */
  readonly nowMs?: () => number;
}

/** Of a request's context on Workers, the part that is used. */
export interface RequestContext {
  waitUntil(work: Promise<unknown>): void;
}

/** On each host, what it calls. */
export interface ServedFunction {
  /** On Workers the default export is enough; on Node see `@systole/sdk/functions/node`. Never rejects. */
  fetch(request: Request, env?: FunctionEnv, context?: RequestContext): Promise<Response>;
  /** On AWS Lambda, for a function URL or an HTTP API: the handler is `index.default.handler`. */
  handler(event: LambdaEvent): Promise<LambdaAnswer>;
}

/**
 * `export default serve(plugin)` is a function that does what nodes ask of the plugin's resource agents, fence devices and
 * notifiers. Throws `PLUGIN_RUNTIME_UNSUPPORTED` where the plugin does not run.
 */
export function serve(plugin: Plugin, options: ServeOptions = {}): ServedFunction {
  demandRuntime(plugin, options.runtime ?? hostRuntime());
  const room = new ServingRoom(plugin, options);
  const fetch: ServedFunction["fetch"] = (request, env = processEnvironment(), context) => {
    const response = room.answer(request, env);
    // Who has begun finishes, also when the node has hung up: it asks again under the same id.
    context?.waitUntil(response);
    return response;
  };
  return { fetch, handler: asLambda((request) => fetch(request)) };
}

class ServingRoom {
  readonly #nowMs: () => number;
  readonly #services = new Map<string, Promise<FunctionServices>>();
  readonly #log = new ConsoleLogger();
  readonly #oneAtATime = new OneAtATime();
  #calls: AnsweredCalls | undefined;

  constructor(
    private readonly plugin: Plugin,
    private readonly options: ServeOptions,
  ) {
    this.#nowMs = options.nowMs ?? Date.now;
  }

  answer(request: Request, env: FunctionEnv): Promise<Response> {
    const { keyOf = keyOfCluster, calls } = this.options;
    this.#calls ??= calls?.(env) ?? new CallsInMemory(this.#nowMs);
    return signedHandler({
      purpose: FUNCTION_PURPOSE,
      nowMs: this.#nowMs,
      calls: this.#calls,
      isRemembered: ({ body }) => {
        const call = parseFunctionCall(body);
        return call !== undefined && !onlyLooks(call);
      },
      keyOf: (cluster) => this.#saying(cluster, async () => keyOf(cluster, env)),
      answer: (call) => this.#saying(call.keyName, () => this.#perform(call, env)),
    })(request);
  }

  async #perform(received: ReceivedCall, env: FunctionEnv): Promise<string> {
    const call = parseFunctionCall(received.body);
    if (call === undefined) throw new RefusedCall("this is not a call to a function of this version");
    // Whichever of the two clocks is ahead: never longer than the caller waits.
    const leftMs = call.untilMs - Math.max(this.#nowMs(), received.dateMs);
    if (leftMs <= 0) throw new LateCall();
    const services = await this.#servicesOf(received.keyName, env);
    const signal = timeLimit(Math.ceil(leftMs));
    const perform = (): Promise<unknown> => performCall(services, call, signal);
    // Looks are not held up.
    if (call.port !== "resource-agent" || onlyLooks(call)) return JSON.stringify(await perform());
    const key = JSON.stringify([received.keyName, call.name, call.resource.name]);
    return JSON.stringify(await this.#oneAtATime.run(key, signal, perform));
  }

  #servicesOf(cluster: string, env: FunctionEnv): Promise<FunctionServices> {
    const known = this.#services.get(cluster);
    if (known !== undefined) return known;
    const { config = configOfEnv, services = [] } = this.options;
    const made = Promise.resolve().then(() => pluginServices(this.plugin, config(env, cluster), services));
    const [oldest] = this.#services.keys();
    if (oldest !== undefined && this.#services.size >= MAX_CLUSTERS) this.#services.delete(oldest);
    this.#services.set(cluster, made);
    made.catch(() => this.#services.delete(cluster));
    return made;
  }

  /** Callers learn that the function has failed; why is for its owner. */
  async #saying<Value>(cluster: string, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof RefusedCall) && !(cause instanceof LateCall))
        this.#log.error("function.failed", {
          plugin: this.plugin.name,
          cluster,
          reason: cause instanceof Error ? cause.message : String(cause),
        });
      throw cause;
    }
  }
}

function configOfEnv({ SYSTOLE_CONFIG: text }: FunctionEnv): unknown {
  return typeof text === "string" ? (JSON.parse(text) as unknown) : undefined;
}
