// The contract between a plugin and the host. A plugin declares in `register` what it provides; the host decides what is made.
import type { ConfigOf, StandardSchema } from "./standard-schema.js";
import type { Token } from "./token.js";

/** Where code can run. `node` may use node: modules; `lambda` and `workers` may not rely on them. */
export type RuntimeName = "node" | "lambda" | "workers";

/** The services that a provider is given, in the order of its `inject` tuple. */
export type Injected<Tokens extends readonly Token<unknown>[]> = {
  readonly [Index in keyof Tokens]: Tokens[Index] extends Token<infer Service> ? Service : never;
};

export interface Provider<Port, Tokens extends readonly Token<unknown>[]> {
  readonly inject: Tokens;
  /** Synchronous and free of I/O. What must be opened is opened in `start`, see `Startable`. */
  readonly create: (...services: Injected<Tokens>) => Port;
}

/** What a plugin sees of the host while it registers. */
export interface PluginHost {
  /**
   * Offers an implementation of a port under a name. The configuration picks by name. A second provider of the same
   * port and name is an error (`PLUGIN_DUPLICATE`).
   */
  provide<Port, const Tokens extends readonly Token<unknown>[]>(
    port: Token<Port>,
    name: string,
    provider: Provider<Port, Tokens>,
  ): void;
}

export interface PluginDefinition<Schema extends StandardSchema | undefined = StandardSchema | undefined> {
  /** npm-like name without scope, e.g. `transport-udp`. */
  readonly name: string;
  /** Version of the plugin, for people. */
  readonly version?: string;
  readonly runtimes: readonly RuntimeName[];
  /** Any Standard Schema; absent: the plugin takes no configuration. */
  readonly config?: Schema;
  /** Declares only: synchronous, no I/O. `config` is what the schema returned. */
  register(host: PluginHost, config: ConfigOf<Schema>): void;
}

/** A definition stamped by `definePlugin` with the SDK it was built against. */
export interface Plugin {
  readonly kind: "systole.plugin";
  /** Version of the SDK, `major.minor.patch`. */
  readonly sdk: string;
  readonly name: string;
  readonly version?: string;
  readonly runtimes: readonly RuntimeName[];
  readonly config?: StandardSchema;
  readonly register: (host: PluginHost, config: never) => void;
}
