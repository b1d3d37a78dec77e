// Addresses that a daemon of this machine has left behind: killed, it could take nothing away. Only what carries Systole's
// own tag is touched; the kernel keeps it (Linux 5.18 and later).
import { composePlugins, hostService } from "@systole/core";
import { NodeClock } from "@systole/core/node";
import { Clock, Logger, Network, SystoleError, type HeldAddress } from "@systole/core/ports";
import { loadPlugin } from "../plugins/load-plugins.js";

const NETWORK_PLUGIN = "net-linux";

export interface Cleared {
  readonly removed: readonly HeldAddress[];
  /** Addresses that could not be removed, with the reason. */
  readonly left: readonly { readonly held: HeldAddress; readonly reason: string }[];
}

/** Call it only where no daemon serves. Throws `NETWORK_UNSUPPORTED` where addresses cannot be seen. */
export async function removeLeftovers(network: Network): Promise<Cleared> {
  const removed: HeldAddress[] = [];
  const left: { held: HeldAddress; reason: string }[] = [];
  const own = (await network.addresses.list()).filter(({ owner }) => owner === "systole");
  for (const held of own) {
    try {
      if ((await network.addresses.remove(held)) === "removed") removed.push(held);
    } catch (error) {
      left.push({ held, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { removed, left };
}

/** The network of this machine, without a cluster around it, for as long as `use` takes. */
export async function withNetwork<Result>(
  log: Logger,
  use: (network: Network) => Promise<Result>,
): Promise<Result> {
  const loaded = await loadPlugin({ use: NETWORK_PLUGIN });
  if ("problem" in loaded) throw new SystoleError("PLUGIN_MISSING", loaded.problem);
  const composed = await composePlugins({
    runtime: "node",
    plugins: [{ plugin: loaded.plugin }],
    required: [{ port: Network }],
    services: {},
    hostServices: [hostService(Clock, new NodeClock()), hostService(Logger, log)],
  });
  await composed.start(new AbortController().signal);
  try {
    return await use(composed.get(Network));
  } finally {
    await composed.stop(new AbortController().signal);
  }
}

/** What a daemon does before it serves. What it cannot remove is stopped like everything else once the cluster is there. */
export async function clearLeftovers(log: Logger): Promise<void> {
  try {
    const { removed, left } = await withNetwork(log, removeLeftovers);
    for (const { address, interface: name } of removed)
      log.warn("address.leftover-removed", { address, interface: name });
    for (const { held, reason } of left)
      log.error("address.leftover-stays", { address: held.address, interface: held.interface, reason });
  } catch (error) {
    log.error("address.leftovers-unknown", { error });
  }
}
