// Does what a call asks for, with the services of a function, and answers as the port does: what goes wrong is an answer.
import { AgentCatalogue, FenceDevice, Notifier, ResourceAgent, type Token } from "@systole/core/ports";
import { RefusedCall } from "@systole/core/http";
import type { AgentCall, FenceCall, FunctionCall, NotifyCall } from "./function-call.js";
import { MAX_SENTENCE_CHARACTERS } from "./limits.js";

/** What a plugin provides, made when it is asked for. */
export interface FunctionServices {
  names(port: Token<unknown>): readonly string[];
  /** Undefined when there is none of that name. Rejects when it cannot be made. */
  get<Port>(port: Token<Port>, name: string): Promise<Port | undefined>;
}

/** As JSON. Throws a `RefusedCall` when the function has nobody for it. */
export async function performCall(
  services: FunctionServices,
  call: FunctionCall,
  signal: AbortSignal,
): Promise<unknown> {
  switch (call.port) {
    case "fence-device":
      return fence(await wanted(services, FenceDevice, call), call, signal);
    case "resource-agent":
      return call.operation === "describe"
        ? describe(services, call, signal)
        : operate(await wanted(services, ResourceAgent, call), call, signal);
    case "notifier":
      return notify(await wanted(services, Notifier, call), call, signal);
  }
}

async function wanted<Port>(
  services: FunctionServices,
  port: Token<Port>,
  { name }: FunctionCall,
): Promise<Port> {
  const names = services.names(port);
  const [only] = names;
  const chosen = name ?? (names.length === 1 ? only : undefined);
  const made = chosen === undefined ? undefined : await services.get(port, chosen);
  if (made !== undefined) return made;
  const asked = name === undefined ? `just one ${port.port}` : `${port.port} ${JSON.stringify(name)}`;
  throw new RefusedCall(`this function has not ${asked}: it has ${names.join(", ") || "none at all"}`);
}

async function fence(device: FenceDevice, call: FenceCall, signal: AbortSignal): Promise<unknown> {
  const { operation, node } = call;
  if (operation === "list") return { nodes: await device.list(signal) };
  if (operation === "status") return { state: await device.status(node, signal) };
  return device
    .execute(operation, node, signal)
    .then(withShortReason)
    .catch((cause: unknown) => failed(cause, signal));
}

async function operate(agent: ResourceAgent, call: AgentCall, signal: AbortSignal): Promise<unknown> {
  const { operation, resource } = call;
  if (operation === "validate") {
    const problems = await agent.validate(resource, signal);
    return { problems: problems.map((problem) => problem.slice(0, MAX_SENTENCE_CHARACTERS)) };
  }
  return begin(agent, call, signal)
    .then(withShortReason)
    .catch((cause: unknown) => failed(cause, signal));
}

async function begin(agent: ResourceAgent, call: AgentCall, signal: AbortSignal): Promise<object> {
  const { operation, resource, node, urgent = false } = call;
  const options = node === undefined ? {} : { node };
  switch (operation) {
    case "start":
      return agent.start(resource, signal, options);
    case "stop":
      return agent.stop(resource, signal, { ...options, urgent });
    case "announce":
      return (await agent.announce?.(resource, signal)) ?? { ok: true, state: "running" };
    case "warm":
      return (await agent.warm?.(resource, signal)) ?? { ok: true, state: "stopped" };
    default:
      return agent.status(resource, signal, options);
  }
}

/** An agent without a catalogue of its own is described by its name. */
async function describe(services: FunctionServices, call: AgentCall, signal: AbortSignal): Promise<unknown> {
  const [only] = services.names(ResourceAgent);
  const name = call.name ?? only ?? "";
  const catalogue = await services.get(AgentCatalogue, name);
  if (catalogue !== undefined) return withShortReason(await catalogue.describe(call.resource.args, signal));
  await wanted(services, ResourceAgent, call);
  return { ok: true, description: { title: name, text: "", parameters: [], actions: [] } };
}

async function notify(notifier: Notifier, { event }: NotifyCall, signal: AbortSignal): Promise<unknown> {
  return notifier.notify(event, signal).then(
    () => ({ ok: true }),
    (cause: unknown) => ({ ok: false, reason: sentenceOf(cause) }),
  );
}

function withShortReason(result: object): object {
  return "reason" in result ? { ...result, reason: sentenceOf(result.reason) } : result;
}

function failed(cause: unknown, signal: AbortSignal): object {
  return { ok: false, kind: signal.aborted ? "timeout" : "error", reason: sentenceOf(cause) };
}

function sentenceOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, MAX_SENTENCE_CHARACTERS);
}
