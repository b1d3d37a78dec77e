// What `systole keys reload` and SIGHUP do in the daemon: the keys that seal are read again, and the mode of systole.yaml.
import { join } from "node:path";
import type { Logger } from "@systole/core/ports";
import { hasErrors } from "../config/problem.js";
import { readConfigFile } from "../config/read-file.js";
import { parseSystoleYaml } from "../config/systole-yaml/parse.js";
import type { Answer, ClusterHandle } from "../control/cluster-handle.js";

export class SealingReload {
  constructor(
    private readonly haDirectory: string,
    private readonly log: Logger,
    /** There is an authenticator. */
    private readonly canSign: boolean,
  ) {}

  /** Never rejects. What cannot be done changes nothing. */
  async reload(handle: ClusterHandle): Promise<Answer> {
    const answer = await this.attempt(handle);
    if (answer.ok && handle.status().keys !== undefined)
      this.log.info("daemon.sealing.reloaded", { reason: answer.reason });
    if (!answer.ok) this.log.warn("daemon.sealing.kept", { reason: answer.reason });
    return answer;
  }

  private attempt(handle: ClusterHandle): Promise<Answer> | Answer {
    const path = join(this.haDirectory, "systole.yaml");
    const file = readConfigFile(path);
    if (!file.ok && !file.missing) return refused(`${path} cannot be read: ${file.reason}`);
    const { value, problems } = parseSystoleYaml(file.ok ? file.text : "", path);
    if (hasErrors(problems)) return refused(`${path} has errors; \`systole check\` shows them`);
    const mode = value.settings.security?.mode ?? "off";
    if (mode !== "enforce" && !this.canSign)
      return refused(
        `mode ${mode} needs signed frames too, and this daemon has begun without authkeys; write one and restart`,
      );
    return handle.changeKeys({ kind: "reload", mode });
  }
}

function refused(reason: string): Answer {
  return { ok: false, reason };
}
