// The daemon's side of a function: its plugins, booted with a clock that waits a tenth, and asked as the cluster asks them.
import agentFunction from "@systole/agent-function";
import fenceFunction from "@systole/fence-function";
import { Clock, FenceDevice, ResourceAgent, type OperationResult, type ResourceSpec } from "@systole/sdk";
import { RealClock, service, TestHost } from "@systole/sdk/testkit";

export const KEY = "a-key-that-is-long-enough-to-be-one";
/** What a function finds in its environment of a cluster. */
export function keysOf(cluster: string): Readonly<Record<string, string>> {
  return { SYSTOLE_KEYS: `other=${KEY.toUpperCase()} ${cluster}=${KEY}` };
}

class HurriedClock extends RealClock {
  override wakeAt(atMs: number, wake: () => void): () => void {
    return super.wakeAt(this.nowMs() + (atMs - this.nowMs()) / 10, wake);
  }
}

const services = () => [service(Clock, new HurriedClock())];
/** Read from the environment, as the configuration says. */
process.env["CLOUD_FUNCTIONS_TEST"] = KEY;
const place = (url: string, cluster: string) => ({ url, key: { env: "CLOUD_FUNCTIONS_TEST" }, cluster });

/** The agent of that name at the function. */
export async function agentAt(url: string, cluster: string, agent: string): Promise<ResourceAgent> {
  const config = { agents: { it: { ...place(url, cluster), agent } } };
  return (await TestHost.boot(agentFunction, { config, services: services() })).get(ResourceAgent, "it");
}

export async function deviceAt(url: string, cluster: string, hosts: readonly string[]): Promise<FenceDevice> {
  const config = { devices: { it: { ...place(url, cluster), hosts } } };
  return (await TestHost.boot(fenceFunction, { config, services: services() })).get(FenceDevice, "it");
}

export interface NodeOfCluster {
  start(withinMs?: number): Promise<OperationResult>;
  stop(withinMs?: number): Promise<OperationResult>;
  status(): Promise<OperationResult>;
}

/** As the cluster's runtime asks on that node. */
export function onNode(agent: ResourceAgent, node: string, resource: ResourceSpec): NodeOfCluster {
  const { signal } = new AbortController();
  return {
    start: (withinMs = 10_000) => agent.start(resource, signal, { node, withinMs }),
    stop: (withinMs = 10_000) => agent.stop(resource, signal, { node, withinMs }),
    status: () => agent.status(resource, signal, { node, withinMs: 10_000 }),
  };
}

/** The same agent, for whom it is always that node that asks. */
export function asNode(agent: ResourceAgent, node: string): ResourceAgent {
  return {
    supports: agent.supports,
    start: (resource, signal) => agent.start(resource, signal, { node, withinMs: 10_000 }),
    stop: (resource, signal) => agent.stop(resource, signal, { node, withinMs: 10_000 }),
    status: (resource, signal) => agent.status(resource, signal, { node, withinMs: 10_000 }),
    validate: (resource, signal) => agent.validate(resource, signal),
  };
}
