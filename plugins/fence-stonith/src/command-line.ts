// How STONITH's programs are called. Parameters go into the environment: a command line can be read by everybody.
import { fileURLToPath } from "node:url";
import type { AgentProgram, FenceAction } from "@systole/sdk";
import type { StonithConfig } from "./config.js";

export type Request =
  | { readonly kind: "hosts" }
  | { readonly kind: "fence"; readonly action: FenceAction; readonly host: string };

export type Programs = Pick<StonithConfig, "program" | "externalDirectory" | "environment">;

const EXTERNAL = "external/";
const OWN_SCRIPTS = fileURLToPath(new URL("../scripts", import.meta.url));
const CLUSTER_GLUE = "/usr/share/cluster-glue";
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function isExternal(type: string): boolean {
  return type.startsWith(EXTERNAL);
}

export function externalScript({ externalDirectory }: Pick<Programs, "externalDirectory">, type: string) {
  return `${externalDirectory}/${type.slice(EXTERNAL.length)}`;
}

export function programFor(
  programs: Programs,
  type: string,
  values: Readonly<Record<string, string>>,
  request: Request,
): AgentProgram {
  const env = { ...commonEnvironment(programs, type), ...values };
  if (isExternal(type)) {
    const args = request.kind === "hosts" ? ["gethosts"] : [request.action, request.host];
    return { command: externalScript(programs, type), args, env };
  }
  const words = request.kind === "hosts" ? ["-l"] : ["-T", request.action, request.host];
  return { command: programs.program, args: ["-t", type, "-E", ...words], env };
}

/** Scripts log by `ha_log.sh`: they find ours, so that what they say comes back with their output. */
export function commonEnvironment({ environment }: Programs, type: string): Readonly<Record<string, string>> {
  const path = environment["PATH"] ?? DEFAULT_PATH;
  return { HA_LOGTAG: type, ...environment, PATH: [OWN_SCRIPTS, CLUSTER_GLUE, path].join(":") };
}
