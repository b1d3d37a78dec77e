// What SIGHUP does besides the logs: new keys for a daemon that runs. A file with errors changes nothing, where heartbeat
// would shut down.
import { join } from "node:path";
import type { Logger } from "@systole/core/ports";
import type { ClusterHandle } from "../control/cluster-handle.js";
import { readAuthKeys } from "../wire/authkeys-file.js";

/** Never rejects: what is wrong goes to the log, without a word of the file. */
export async function renewKeys(haDirectory: string, handle: ClusterHandle, log: Logger): Promise<void> {
  try {
    const { sign, keys } = readAuthKeys(join(haDirectory, "authkeys"), "daemon");
    await handle.renewKeys({ use: "auth-classic", with: { sign, keys } });
    log.info("daemon.keys.renewed", { sign, accepted: keys.map(({ index }) => index) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error("daemon.keys.kept", {
      reason,
      advice: "the keys in use stay; correct authkeys and send SIGHUP again",
    });
  }
}
