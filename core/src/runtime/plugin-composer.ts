// Turns a checked composition into living services: register, freeze, create, and hand over a start and a stop.
import { ServiceContainer, type MadeService } from "../di/container.js";
import type { ServiceTable } from "../di/service-table.js";
import { Clock, ResourceAgent, type Startable, type Token } from "../ports/index.js";
import { HOST, hostServiceName, type Composition } from "./composition.js";
import { Lifecycle, LIFECYCLE_DEADLINES, type LifecycleDeadlines, type LifecyclePart } from "./lifecycle.js";
import { inspectComposition } from "./plugin-checks.js";
import type { Declaration } from "./plugin-declarations.js";
import { problemsError } from "./plugin-problem.js";
import { requiredPorts } from "./provider-checks.js";

/** The services of one cluster, made and not yet started. */
export interface ComposedPlugins {
  /** The service of that name; without a name the one that an injection means. Throws `PLUGIN_UNRESOLVED`. */
  get<Port>(port: Token<Port>, name?: string): Port;
  /** Names of the services of a port that were made or that the host brought, in the order of registration. */
  names(port: Token<unknown>): readonly string[];
  /** Starts everything in the order of dependencies. Throws `PLUGIN_START_FAILED`, with nothing left running. */
  start(signal: AbortSignal): Promise<void>;
  /** Stops everything in the reverse order. Throws `PLUGIN_STOP_FAILED` with all failures in `details.failures`. */
  stop(signal: AbortSignal): Promise<void>;
}

/**
 * Checks the composition and makes what it requires, with everything that those need. Throws one `SystoleError` with the
 * code of the first problem and all of them in `details.problems`; nothing has been opened then.
 */
export async function composeInto(
  table: ServiceTable,
  composition: Composition,
  deadlines: LifecycleDeadlines = LIFECYCLE_DEADLINES,
): Promise<ComposedPlugins> {
  const { problems, declarations } = await inspectComposition(composition);
  const [first, ...others] = problems;
  if (first !== undefined) throw problemsError([first, ...others]);
  const container = registerAll(table, composition, declarations);
  for (const { port, names } of requiredPorts(composition))
    for (const name of names ?? [undefined]) container.resolve(port, name);
  const clock = container.resolve(Clock);
  const lifecycle = new Lifecycle(lifecycleParts(container.seal()), clock, deadlines);
  return {
    get: (port, name) => container.resolve(port, name),
    names: (port) => container.names(port),
    start: (signal) => lifecycle.start(signal),
    stop: (signal) => lifecycle.stop(signal),
  };
}

function registerAll(
  table: ServiceTable,
  composition: Composition,
  declarations: readonly Declaration[],
): ServiceContainer {
  const container = new ServiceContainer(table);
  for (const offer of composition.hostServices) {
    const name = hostServiceName(offer);
    if ("service" in offer) container.provideClass(HOST, offer.token, name, offer.service);
    else container.provideValue(HOST, offer.token, name, offer.value);
  }
  for (const { owner, token, name, provider } of declarations)
    container.provide(owner, token, name, provider);
  container.freeze(composition.services);
  return container;
}

/** An agent's `start` and `stop` are about a resource, not about the agent. */
const STARTS_SOMETHING_ELSE: ReadonlySet<string> = new Set([ResourceAgent.port]);

function lifecycleParts(made: readonly MadeService[]): readonly LifecyclePart[] {
  return made.flatMap(({ token, name, owner, instance }) =>
    !STARTS_SOMETHING_ELSE.has(token.port) && isStartable(instance)
      ? [{ plugin: owner, port: token.port, name, part: instance }]
      : [],
  );
}

function isStartable(instance: unknown): instance is Startable {
  const { start, stop } = instance as Partial<Record<keyof Startable, unknown>>;
  return typeof start === "function" && typeof stop === "function";
}
