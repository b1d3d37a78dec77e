// From the model to a cluster that runs: the one place that knows where the code of each plugin is.
import type { ClusterModel } from "@systole/core";
import { SystoleError, type Logger } from "@systole/core/ports";
import type { ClusterHandle } from "./control/cluster-handle.js";

export interface ComposeOptions {
  /** Where generation, uuid and claims survive a restart, e.g. `/var/lib/systole`. May be missing yet. */
  readonly stateDirectory: string;
  readonly log: Logger;
  /** Aborts when the daemon is told to stop before it has started: give up and release what was opened. */
  readonly signal: AbortSignal;
}

/** Resolves when every part has started. Throws a `SystoleError` otherwise, with nothing left open. */
export async function composeCluster(model: ClusterModel, _options: ComposeOptions): Promise<ClusterHandle> {
  const names = model.plugins.map((plugin) => plugin.use).join(", ");
  const message = `this build reads its configuration and cannot start it yet: nothing composes ${names}`;
  throw new SystoleError("PLUGIN_START_FAILED", message);
}
