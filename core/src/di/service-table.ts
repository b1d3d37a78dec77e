// Where the container keeps who makes what. A function has no need of more than a map, and is uploaded without tsyringe.
import { injectedTokens, type ServiceClass } from "./injected-tokens.js";

export interface ServiceTable {
  /** `make` is called each time; whoever offers it sees to it that there is one. */
  offer(key: symbol, make: () => unknown): void;
  get(key: symbol): unknown;
  /** An instance of a host's class, with what it wants. */
  construct(service: ServiceClass): unknown;
}

export class PlainTable implements ServiceTable {
  private readonly makers = new Map<symbol, () => unknown>();

  offer(key: symbol, make: () => unknown): void {
    this.makers.set(key, make);
  }

  get(key: symbol): unknown {
    const make = this.makers.get(key);
    if (make === undefined) throw new TypeError(`nothing is offered as ${String(key)}`);
    return make();
  }

  construct(service: ServiceClass): unknown {
    return new service(...(injectedTokens(service).map(({ id }) => this.get(id)) as never[]));
  }
}
