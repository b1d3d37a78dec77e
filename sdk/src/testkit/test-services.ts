// What a plugin is given in a test: the fakes of the host, the test's own services, and what the plugin itself provides.
import {
  Clock,
  ClusterAccess,
  Confirmations,
  Logger,
  Network,
  Processes,
  Pulse,
  SelfReset,
  Store,
  SystoleError,
  type PluginHost,
  type Token,
} from "@systole/core/ports";
import { MemoryClusterAccess } from "./memory-cluster-access.js";
import { MemoryConfirmations } from "./memory-confirmations.js";
import { MemoryNetwork } from "./memory-network.js";
import { MemoryProcesses } from "./memory-processes.js";
import { MemoryPulse } from "./memory-pulse.js";
import { MemorySelfReset } from "./memory-self-reset.js";
import { MemoryStore } from "./memory-store.js";
import { RecordingLogger } from "./recording-logger.js";
import { VirtualClock } from "./virtual-clock.js";

/** The fakes that every plugin under test can be given. */
export class TestFakes {
  readonly clock = new VirtualClock();
  readonly log = new RecordingLogger();
  readonly store = new MemoryStore();
  /** With the interfaces `lo` and `eth0`. */
  readonly network = new MemoryNetwork("lo", "eth0");
  readonly processes = new MemoryProcesses(this.clock);
  readonly cluster = new MemoryClusterAccess();
  readonly confirmations = new MemoryConfirmations();
  readonly pulse = new MemoryPulse();
  readonly selfReset = new MemorySelfReset();

  services(): readonly TestService[] {
    return [
      service(Clock, this.clock),
      service(Logger, this.log),
      service(Store, this.store),
      service(Network, this.network),
      service(Processes, this.processes),
      service(ClusterAccess, this.cluster),
      service(Confirmations, this.confirmations),
      service(Pulse, this.pulse),
      service(SelfReset, this.selfReset),
    ];
  }

  /** What is left open, as sentences. */
  leaks(): readonly string[] {
    const counts: readonly (readonly [number, string])[] = [
      [this.clock.pending, "alarms of the clock that are still set"],
      [this.network.watchers, "watchers of the network that were not ended"],
      [this.network.echoes.openSockets, "echo sockets that were not closed"],
      [this.processes.running, "programs that are still running"],
      [this.confirmations.asked.length, "questions to a person that are still open"],
      [this.cluster.watchers, "watchers of the cluster that were not ended"],
      [this.pulse.listeners, "listeners of the pulse that were not ended"],
    ];
    return counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  }
}

/** A service that a test brings, in place of a fake or of a port that has none. */
export interface TestService {
  readonly token: Token<unknown>;
  readonly value: unknown;
}

export function service<Port>(token: Token<Port>, value: Port): TestService {
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
export class TestServices implements PluginHost {
  readonly #given: readonly TestService[];
  readonly #offers: Offer[] = [];
  readonly #made = new Map<Offer, MadeService>();
  readonly #making = new Set<Offer>();

  /** Of services of the same port the first counts. */
  constructor(given: readonly TestService[]) {
    this.#given = given;
  }

  provide: PluginHost["provide"] = (token, name, provider) => {
    if (this.#offers.some((offer) => offer.token.id === token.id && offer.name === name))
      throw new SystoleError("PLUGIN_DUPLICATE", `The plugin provides ${token.port} "${name}" twice.`);
    this.#offers.push({ token, name, provider: provider as AnyProvider });
  };

  /** Makes everything; in the order in which things depend on each other. */
  makeAll(): readonly MadeService[] {
    for (const offer of this.#offers) this.#make(offer);
    return [...this.#made.values()];
  }

  #make(offer: Offer): MadeService {
    const made = this.#made.get(offer);
    if (made !== undefined) return made;
    const label = `${offer.token.port} "${offer.name}"`;
    if (this.#making.has(offer)) throw new SystoleError("PLUGIN_CYCLE", `${label} is needed to make itself.`);
    this.#making.add(offer);
    const services = offer.provider.inject.map((token) => this.#inject(token, label));
    const create = offer.provider.create as (...services: readonly unknown[]) => unknown;
    const fresh = { token: offer.token, name: offer.name, instance: create(...services) };
    this.#making.delete(offer);
    this.#made.set(offer, fresh);
    return fresh;
  }

  #inject(token: Token<unknown>, label: string): unknown {
    const offers = this.#offers.filter((offer) => offer.token.id === token.id);
    const [only] = offers;
    if (only !== undefined && offers.length === 1) return this.#make(only).instance;
    const given = this.#given.find((one) => one.token.id === token.id);
    if (given !== undefined) return given.value;
    throw new SystoleError(
      "PLUGIN_UNRESOLVED",
      `${label} wants ${token.port}@${token.contract}, for which there is no fake: pass one, as in TestHost.boot(plugin, { services: [service(Token, value)] }).`,
    );
  }
}
