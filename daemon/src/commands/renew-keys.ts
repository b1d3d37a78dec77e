// What SIGHUP does besides the logs: new keys for a daemon that runs. A file with errors changes nothing, where heartbeat
// would shut down.
import { SystoleError, type Logger } from "@systole/core/ports";
import { CRC_ADVICE } from "../config/security.js";
import type { ClusterHandle } from "../control/cluster-handle.js";
import type { UsableKeys } from "../wire/authkeys-file.js";
import { readCurrentKeys } from "./current-keys.js";

const PLUGIN = "auth-classic";

export class KeyRenewal {
  /** crc was believed so far: while it stays listed it is believed on, for nodes that do not sign with a key yet. */
  private believesCrc: boolean;

  /** `uses`: the plugins of the model that the daemon started with. */
  constructor(
    private readonly haDirectory: string,
    private readonly log: Logger,
    private readonly allowsCrc: boolean,
    private readonly uses: readonly { readonly use: string; readonly with?: unknown }[],
  ) {
    const first = uses.find(({ use }) => use === PLUGIN)?.with as UsableKeys | undefined;
    this.believesCrc = first !== undefined && signsWithCrc(first);
  }

  /** Never rejects: what is wrong goes to the log, without a word of the file. */
  async renew(handle: ClusterHandle): Promise<void> {
    const { log } = this;
    if (!this.uses.some(({ use }) => use === PLUGIN)) return;
    try {
      const renewed = readCurrentKeys(this.haDirectory);
      const { sign, keys } = renewed;
      const signsCrc = signsWithCrc(renewed);
      if (signsCrc && !this.allowsCrc)
        throw new SystoleError("AUTHKEYS_INVALID", `crc would sign; ${CRC_ADVICE}`);
      const crcToo = !signsCrc && this.believesCrc && keys.some(({ method }) => method === "crc");
      await handle.renewKeys({ use: PLUGIN, with: { sign, keys, ...(crcToo && { crcToo }) } });
      this.believesCrc = signsCrc || crcToo;
      log.info("daemon.keys.renewed", { sign, accepted: keys.map(({ index }) => index) });
      if (!crcToo) return;
      const advice =
        "when every node signs with a key, remove the crc line and send SIGHUP; until then anybody can forge";
      log.warn("daemon.keys.crc-believed", { advice });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error("daemon.keys.kept", {
        reason,
        advice: "the keys in use stay; correct them and send SIGHUP again",
      });
    }
  }
}

function signsWithCrc({ sign, keys }: UsableKeys): boolean {
  return keys.some(({ index, method }) => index === sign && method === "crc");
}
