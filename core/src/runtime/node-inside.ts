// The plugins of one node, made and not started: what the host gives them, and what the node itself has inside for them.
import { ClusterAccess, Confirmations, Pulse, type Plugin } from "../ports/index.js";
import { compositionOfNode } from "./cluster-composition.js";
import { ClusterDoor } from "./cluster-door.js";
import { servicesOf, type ClusterHost } from "./cluster-host.js";
import { hostService } from "./composition.js";
import { ConfirmationDesk } from "./fencing/confirmation-desk.js";
import type { ClusterModel } from "./model.js";
import { composePlugins, type ComposedPlugins } from "./plugin-host.js";
import { PulseBell } from "./pulse-bell.js";

/** What the host gives the plugins, and this node uses itself. */
export interface Inside {
  readonly door: ClusterDoor;
  readonly confirmations: ConfirmationDesk;
  readonly pulse: PulseBell;
}

export interface ComposedNode {
  readonly composed: ComposedPlugins;
  readonly inside: Inside;
}

/** Throws `SystoleError` with every problem in `details.problems`; nothing is opened yet. */
export async function composeNode(
  model: ClusterModel,
  plugins: readonly Plugin[],
  host: ClusterHost,
): Promise<ComposedNode> {
  const door = new ClusterDoor(host.logger);
  const confirmations = new ConfirmationDesk();
  const pulse = new PulseBell(host);
  const services = [
    ...servicesOf(host),
    hostService(ClusterAccess, door),
    hostService(Confirmations, confirmations),
    hostService(Pulse, pulse),
  ];
  const composed = await composePlugins(compositionOfNode(model, plugins, host.runtime, services));
  return { composed, inside: { door, confirmations, pulse } };
}
