// What a plugin provides, made from what it declared, what the host gives it, and what it provides to itself.
import {
  ResourceAgent,
  SystoleError,
  type PluginHost,
  type Startable,
  type Token,
} from "@systole/core/ports";

/** A service that the host brings: the plugin is given it, and does not provide it. */
export interface Service {
  readonly token: Token<unknown>;
  readonly value: unknown;
}

export function service<Port>(token: Token<Port>, value: Port): Service {
  return { token, value };
}

/** One provider of the plugin, with the instance once it is made. */
export interface MadeService {
  readonly token: Token<unknown>;
  readonly name: string;
  readonly instance: unknown;
}

type AnyProvider = Parameters<PluginHost["provide"]>[2];

interface Offer {
  readonly token: Token<unknown>;
  readonly name: string;
  readonly provider: AnyProvider;
}

/** Makes what a plugin declared, each after what it is given, and each once. */
export class ProvidedServices implements PluginHost {
  readonly #given: readonly Service[];
  readonly #offers: Offer[] = [];
  readonly #made = new Map<Offer, MadeService>();
  readonly #making = new Set<Offer>();

  readonly #advice: string;

  /** Of services of the same port the first counts. `advice` follows the name of one that is missing. */
  constructor(given: readonly Service[], advice: string) {
    this.#given = given;
    this.#advice = advice;
  }

  provide: PluginHost["provide"] = (token, name, provider) => {
    if (this.#offers.some((offer) => offer.token.id === token.id && offer.name === name))
      throw new SystoleError("PLUGIN_DUPLICATE", `The plugin provides ${token.port} "${name}" twice.`);
    this.#offers.push({ token, name, provider: provider as AnyProvider });
  };

  /** Names under which a port is provided. */
  names(token: Token<unknown>): readonly string[] {
    return this.#offers.filter((offer) => offer.token.id === token.id).map(({ name }) => name);
  }

  /** Makes everything; in the order in which things depend on each other. */
  makeAll(): readonly MadeService[] {
    for (const offer of this.#offers) this.#make(offer);
    return [...this.#made.values()];
  }

  /** The one of that name, made with what it needs; undefined when there is none. */
  make(token: Token<unknown>, name: string): MadeService | undefined {
    const offer = this.#offers.find((one) => one.token.id === token.id && one.name === name);
    return offer && this.#make(offer);
  }

  #make(offer: Offer): MadeService {
    const made = this.#made.get(offer);
    if (made !== undefined) return made;
    const label = `${offer.token.port} "${offer.name}"`;
    if (this.#making.has(offer)) throw new SystoleError("PLUGIN_CYCLE", `${label} is needed to make itself.`);
    this.#making.add(offer);
    try {
      const services = offer.provider.inject.map((token) => this.#inject(token, label));
      const create = offer.provider.create as (...services: readonly unknown[]) => unknown;
      const fresh = { token: offer.token, name: offer.name, instance: create(...services) };
      this.#made.set(offer, fresh);
      return fresh;
    } finally {
      this.#making.delete(offer);
    }
  }

  #inject(token: Token<unknown>, label: string): unknown {
    const { provider } = token;
    const offers = this.#offers.filter(
      ({ token: { id }, name }) => id === token.id && (provider === undefined || name === provider),
    );
    const [only] = offers;
    if (only !== undefined && offers.length === 1) return this.#make(only).instance;
    const given = this.#given.find((one) => one.token.id === token.id);
    if (given !== undefined) return given.value;
    throw new SystoleError(
      "PLUGIN_UNRESOLVED",
      `${label} wants ${token.port}@${token.contract}, ${this.#advice}.`,
    );
  }
}

/** Whether it has a start and a stop of its own. An agent's are about a resource, not about the agent. */
export function isPart(token: Token<unknown>, instance: unknown): instance is Startable {
  const { start, stop } = instance as Partial<Record<keyof Startable, unknown>>;
  return token.id !== ResourceAgent.id && typeof start === "function" && typeof stop === "function";
}
