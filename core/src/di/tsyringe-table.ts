// The table of a node that stays in memory: a child container of tsyringe, one a cluster.
import "./metadata.js";
import { container as root, type DependencyContainer, type InjectionToken } from "tsyringe";
import type { ServiceClass } from "./injected-tokens.js";
import type { ServiceTable } from "./service-table.js";

export class TsyringeTable implements ServiceTable {
  readonly #services: DependencyContainer = root.createChildContainer();

  offer(key: symbol, make: () => unknown): void {
    this.#services.register(key, { useFactory: make });
  }

  get(key: symbol): unknown {
    return this.#services.resolve(key);
  }

  construct(service: ServiceClass): unknown {
    return this.#services.resolve(service as InjectionToken<object>);
  }
}
