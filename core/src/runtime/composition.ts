// What a host hands over to be checked and composed: plugins with their configuration, its own services, and what has to be made.
import type { ServiceChoices } from "../di/provider-graph.js";
import type { ServiceClass } from "../di/injected-tokens.js";
import type { Plugin, RuntimeName, Token } from "../ports/index.js";

/** A plugin's code with its part of the configuration. */
export interface PluginEntry {
  readonly plugin: Plugin;
  readonly with?: unknown;
}

/**
 * What the host itself provides: a value, whose life stays the host's business, or a class with `@inject(Port.id)` on
 * every parameter, which is made, started and stopped like a plugin's provider. The name is `host` unless given.
 */
export type HostService =
  | { readonly token: Token<unknown>; readonly name?: string; readonly value: unknown }
  | { readonly token: Token<unknown>; readonly name?: string; readonly service: ServiceClass };

/** Providers that have to be made. Without `names`: the one that an injection of the port means. */
export interface RequiredPort {
  readonly port: Token<unknown>;
  readonly names?: readonly string[];
}

export interface Composition {
  readonly runtime: RuntimeName;
  /** In the order in which they register. */
  readonly plugins: readonly PluginEntry[];
  readonly required: readonly RequiredPort[];
  /** Which provider an injected port means when several are offered: a name by port name. */
  readonly services: ServiceChoices;
  /** A `Clock` must be among them, or come from a plugin: deadlines are measured by it. */
  readonly hostServices: readonly HostService[];
  /** The SDK that the host speaks: its own, unless a test says otherwise. */
  readonly sdk?: string;
}

/** Owner and default name of what the host provides. */
export const HOST = "host";

export function hostServiceName(service: HostService): string {
  return service.name ?? HOST;
}

/** A value of the host, held by the compiler against its port. */
export function hostService<Port>(token: Token<Port>, value: Port, name: string = HOST): HostService {
  return { token, name, value };
}
