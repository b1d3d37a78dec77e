// Boots one plugin with fakes in one call. It obeys the rules of the real host and is none: one plugin, no configuration
// files, no cluster.
import { SystoleError, type Plugin, type Startable, type Token } from "@systole/core/ports";
import { failure, register, validConfig } from "../hosting/plugin-registration.js";
import { isPart, ProvidedServices, type MadeService, type Service } from "../hosting/provided-services.js";
import { expectSettled } from "./expectations.js";
import { OpenedHandles } from "./opened-handles.js";
import { TestFakes } from "./test-services.js";

export interface TestHostOptions {
  /** As the plugin's part of the configuration would say; judged by the plugin's schema. */
  readonly config?: unknown;
  /** Used before the fakes: another clock, a port that has no fake. */
  readonly services?: readonly Service[];
  /** How long a start or a stop of one part may take. Default 5000, in real time. */
  readonly deadlineMs?: number;
}

const ADVICE =
  "for which there is no fake: pass one, as in TestHost.boot(plugin, { services: [service(Token, value)] })";

/** A plugin with everything that it provides, made and not yet started. */
export class TestHost {
  readonly #fakes: TestFakes;
  readonly #made: readonly MadeService[];
  readonly #deadlineMs: number;
  readonly #handles: OpenedHandles;
  #started: Startable[] = [];

  private constructor(
    fakes: TestFakes,
    made: readonly MadeService[],
    deadlineMs: number,
    handles: OpenedHandles,
  ) {
    this.#fakes = fakes;
    this.#made = made;
    this.#deadlineMs = deadlineMs;
    this.#handles = handles;
  }

  /**
   * Judges the configuration, lets the plugin register, and makes all that it provides. Throws as the real host does:
   * `PLUGIN_CONFIG_INVALID`, `PLUGIN_REGISTER_FAILED`, `PLUGIN_DUPLICATE`, `PLUGIN_UNRESOLVED`, `PLUGIN_CYCLE`.
   */
  static async boot(plugin: Plugin, options: TestHostOptions = {}): Promise<TestHost> {
    const handles = new OpenedHandles();
    const fakes = new TestFakes();
    const services = new ProvidedServices([...(options.services ?? []), ...fakes.services()], ADVICE);
    const config = await validConfig(plugin, options.config);
    const made = handles.watch(() => {
      register(plugin, services, config);
      return services.makeAll();
    });
    return new TestHost(fakes, made, options.deadlineMs ?? 5000, handles);
  }

  get clock() {
    return this.#fakes.clock;
  }
  get log() {
    return this.#fakes.log;
  }
  get store() {
    return this.#fakes.store;
  }
  get network() {
    return this.#fakes.network;
  }
  get processes() {
    return this.#fakes.processes;
  }
  get cluster() {
    return this.#fakes.cluster;
  }
  get confirmations() {
    return this.#fakes.confirmations;
  }
  get pulse() {
    return this.#fakes.pulse;
  }

  /** The machine's watchdog; it has none until `resetsWithinMs` is set. */
  get selfReset() {
    return this.#fakes.selfReset;
  }

  /** What the plugin provides, as `port` and `name`, in the order in which it was made. */
  get provided(): readonly { readonly port: string; readonly name: string }[] {
    return this.#made.map(({ token: { port }, name }) => ({ port, name }));
  }

  /** A service of the plugin; without a name the only one of its port. Throws `PLUGIN_UNRESOLVED`. */
  get<Port>(token: Token<Port>, name?: string): Port {
    const found = this.#made.filter(
      (made) => made.token.id === token.id && (name === undefined || made.name === name),
    );
    const [only] = found;
    if (only === undefined || found.length > 1) {
      const wanted = name === undefined ? `one ${token.port}` : `${token.port} "${name}"`;
      const offered = this.provided.map((one) => `${one.port} "${one.name}"`).join(", ") || "nothing";
      throw new SystoleError(
        "PLUGIN_UNRESOLVED",
        `The plugin does not provide ${wanted}; it provides ${offered}.`,
      );
    }
    return only.instance as Port;
  }

  /** Starts what has a start, in the order of dependencies. Throws `PLUGIN_START_FAILED`, with nothing left running. */
  async start(): Promise<void> {
    for (const { token, name, instance } of this.#made) {
      if (!isPart(token, instance)) continue;
      try {
        this.#started.push(instance);
        await this.#bounded(`start of ${token.port} "${name}"`, (signal) => instance.start(signal));
      } catch (cause) {
        await this.stop().catch(() => undefined);
        throw failure("PLUGIN_START_FAILED", `${token.port} "${name}" did not start`, cause);
      }
    }
  }

  /** Stops in the reverse order; one failure does not keep the others from stopping. Throws `PLUGIN_STOP_FAILED`. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    const parts = this.#started.toReversed();
    this.#started = [];
    for (const part of parts)
      await this.#bounded("stop", (signal) => part.stop(signal)).catch((cause: unknown) =>
        failures.push(cause),
      );
    if (failures.length > 0) throw failure("PLUGIN_STOP_FAILED", "a part did not stop", failures[0]);
  }

  /** Does some work of the plugin, such as an agent's operation, and counts what it opens as the plugin's. */
  watch<Result>(work: () => Result): Result {
    return this.#handles.watch(work);
  }

  /**
   * What the plugin has left open, as sentences: alarms, watchers, sockets and programs of the fakes; and on Node the
   * timers, sockets and programs that were opened by `create`, `start`, `stop` and `watch`, and by what followed from them.
   */
  async leaks(): Promise<readonly string[]> {
    return [...this.#fakes.leaks(), ...(await this.#handles.left())];
  }

  /** Stops, and throws `PLUGIN_STOP_FAILED` naming what was left open. */
  async close(): Promise<void> {
    try {
      await this.stop();
      const leaks = await this.leaks();
      if (leaks.length > 0)
        throw new SystoleError("PLUGIN_STOP_FAILED", `After stop there are still ${leaks.join("; ")}.`);
    } finally {
      this.#handles.end();
    }
  }

  async #bounded(what: string, call: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    try {
      await expectSettled(
        this.#handles.watch(() => call(abort.signal)),
        what,
        this.#deadlineMs,
      );
    } finally {
      abort.abort();
    }
  }
}
