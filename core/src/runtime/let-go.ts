// The last thing that a node does whose engine is not to be trusted any more: everything that is configured is stopped.
import type { Logger } from "../ports/index.js";
import type { ClusterModel } from "./model.js";
import type { Operations } from "./operations.js";

/** In the reverse order of the configuration, urgently: another node may serve already. Never rejects. */
export async function letGoOfEverything(
  model: ClusterModel,
  operations: Operations,
  logger: Logger,
): Promise<void> {
  const stop = { action: "stop", timeoutMs: model.operationTimeoutMs.stop, urgent: true } as const;
  const names = model.groups.flatMap((group) => group.resources.map((resource) => resource.name));
  for (const resource of names.toReversed()) {
    const result = await operations.execute({ ...stop, resource });
    if (!result.ok) logger.error("resource.stop-failed", { resource, reason: result.reason });
  }
}
