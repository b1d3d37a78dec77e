// The one wall around what wires: typed by token, one table a cluster, no second registration of a name, closed before start.
import { SystoleError, type Token } from "../ports/index.js";
import {
  chooseProvider,
  choices,
  graphProblems,
  providerLabel,
  type ProviderNode,
  type ServiceChoices,
} from "./provider-graph.js";
import { injectedTokens, type ServiceClass } from "./injected-tokens.js";
import type { ServiceTable } from "./service-table.js";

/** A provider as the host keeps it: what it wants is checked when it is declared, and again by `freeze`. */
export interface AnyProvider<Port = unknown> {
  readonly inject: readonly Token<unknown>[];
  readonly create: (...services: never[]) => Port;
}

/** Something that was made here. */
export interface MadeService {
  readonly token: Token<unknown>;
  readonly name: string;
  readonly owner: string;
  readonly instance: unknown;
}

interface Entry extends ProviderNode {
  /** Identity inside the container: a port has one for each of its names. */
  readonly key: symbol;
  readonly make: (() => unknown) | undefined;
}

/**
 * Holds the services of one cluster. Register, `freeze`, resolve, `seal`; every provider is created at most once, when it
 * is first wanted. Nothing is ever disposed here: that is the lifecycle's work.
 */
export class ServiceContainer {
  readonly #services: ServiceTable;
  readonly #entries: Entry[] = [];
  readonly #made: MadeService[] = [];
  /** Keys of what exists. */
  readonly #present = new Set<symbol>();
  #sealed = false;
  /** The first failure of a `create`; tsyringe wraps it in a sentence of its own on the way out of a class. */
  #failure: SystoleError | undefined;
  #choices: ServiceChoices | undefined;

  constructor(services: ServiceTable) {
    this.#services = services;
  }

  /** Offers a provider. Throws `PLUGIN_DUPLICATE`, or `PLUGIN_REGISTER_FAILED` after `freeze`. */
  provide<Port>(owner: string, token: Token<Port>, name: string, provider: AnyProvider<Port>): void {
    const make = () => provider.create(...(provider.inject.map((wanted) => this.resolve(wanted)) as never[]));
    this.#add({ token, name, owner, inject: provider.inject, make });
  }

  /** Offers what exists already; its life is its owner's business. */
  provideValue<Port>(owner: string, token: Token<Port>, name: string, value: Port): void {
    const key = this.#add({ token, name, owner, inject: [], make: undefined });
    this.#services.offer(key, () => value);
    this.#present.add(key);
  }

  /** Offers a class of the host, see `ServiceClass`. */
  provideClass(owner: string, token: Token<unknown>, name: string, service: ServiceClass): void {
    const make = () => this.#services.construct(service);
    this.#add({ token, name, owner, inject: injectedTokens(service), make });
  }

  /**
   * Ends registration and settles what each port means when it is injected. Throws `PLUGIN_UNRESOLVED` or
   * `PLUGIN_CYCLE`, the latter with the circle as `a → b → a`.
   */
  freeze(services: ServiceChoices): void {
    const [problem] = graphProblems(this.#entries, services);
    if (problem !== undefined) throw new SystoleError(problem.code, problem.message);
    this.#choices = services;
    for (const token of new Map(this.#entries.map((entry) => [entry.token.id, entry.token])).values())
      this.#services.offer(token.id, () => this.resolve(token));
  }

  /** Ends creation: from now on only what exists can be had. */
  seal(): readonly MadeService[] {
    this.#sealed = true;
    return [...this.#made];
  }

  /**
   * The service of that name; without a name, the one that an injection means. Throws `PLUGIN_UNRESOLVED`, or
   * `PLUGIN_START_FAILED` with the provider's name when it cannot be created.
   */
  resolve<Port>(token: Token<Port>, name?: string): Port {
    if (this.#choices === undefined)
      throw new SystoleError("PLUGIN_UNRESOLVED", `${token.port} was asked for before registration ended.`);
    const entry = name === undefined ? this.#default(token, this.#choices) : this.#named(token, name);
    if (this.#sealed && !this.#present.has(entry.key))
      throw new SystoleError(
        "PLUGIN_UNRESOLVED",
        `${providerLabel(entry)} of ${entry.owner} was not made, since nothing requires it.`,
      );
    try {
      return this.#services.get(entry.key) as Port;
    } catch (thrown) {
      throw this.#failure ?? thrown;
    }
  }

  /** Names of what exists of a port, in the order of registration. */
  names(token: Token<unknown>): readonly string[] {
    return this.#offers(token)
      .filter((entry) => this.#present.has(entry.key))
      .map((entry) => entry.name);
  }

  #add(node: Omit<Entry, "key">): symbol {
    if (this.#choices !== undefined)
      throw new SystoleError(
        "PLUGIN_REGISTER_FAILED",
        `${node.owner} offers ${node.token.port} "${node.name}" after registration has ended.`,
      );
    const rival = this.#offers(node.token).find((entry) => entry.name === node.name);
    if (rival !== undefined)
      throw new SystoleError(
        "PLUGIN_DUPLICATE",
        `${node.token.port} "${node.name}" is offered twice: by ${rival.owner} and by ${node.owner}.`,
      );
    const entry: Entry = { ...node, key: Symbol(`${node.token.port}:${node.name}`) };
    this.#entries.push(entry);
    if (entry.make !== undefined) this.#services.offer(entry.key, this.#once(entry));
    return entry.key;
  }

  /** The factory of an entry, which remembers what it made. */
  #once(entry: Entry): () => unknown {
    let instance: unknown;
    return () => {
      if (this.#present.has(entry.key)) return instance;
      try {
        instance = checkedInstance(entry.make?.());
      } catch (thrown) {
        this.#failure ??= creationError(entry, thrown);
        throw this.#failure;
      }
      this.#present.add(entry.key);
      const { token, name, owner } = entry;
      this.#made.push({ token, name, owner, instance });
      return instance;
    };
  }

  #offers(token: Token<unknown>): readonly Entry[] {
    return this.#entries.filter((entry) => entry.token.id === token.id);
  }

  #named(token: Token<unknown>, name: string): Entry {
    const offers = this.#offers(token);
    const entry = offers.find((offer) => offer.name === name);
    if (entry !== undefined) return entry;
    throw new SystoleError("PLUGIN_UNRESOLVED", `No ${token.port} is named "${name}"; ${choices(offers)}.`);
  }

  #default(token: Token<unknown>, services: ServiceChoices): Entry {
    const choice = chooseProvider(token, this.#entries, services);
    if (choice.ok) return choice.node;
    throw new SystoleError("PLUGIN_UNRESOLVED", `${token.port} was asked for: ${choice.reason}.`);
  }
}

function checkedInstance(instance: unknown): unknown {
  if (typeof instance !== "object" || instance === null) throw new TypeError("create returned no object");
  if ("then" in instance) throw new TypeError("create returned a promise; open things in start");
  return instance;
}

function creationError(entry: Entry, thrown: unknown): SystoleError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const { token, name, owner: plugin } = entry;
  return new SystoleError(
    "PLUGIN_START_FAILED",
    `${providerLabel(entry)} of plugin ${plugin} could not be created: ${reason}`,
    { details: { plugin, port: token.port, name, reason }, cause: thrown },
  );
}
