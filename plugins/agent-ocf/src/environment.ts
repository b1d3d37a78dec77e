// What an agent of OCF finds in its environment: version 1.1 of the specification, and what Pacemaker adds to it.
import { createHash } from "node:crypto";
import type { ResourceSpec } from "@systole/sdk";
import type { OcfConfig } from "./config.js";
import type { OcfAgentFile } from "./locate-agent.js";

export type OcfAction = "start" | "stop" | "monitor" | "validate-all";

/** Pacemaker 2.1.5; agents compare it to learn what the cluster manager around them can do. */
const FEATURE_SET = "3.16.0";
const HASH_CHARACTERS = 8;

/** The variables for one operation. `intervalMs` is 0 for a look at something that nobody here has started. */
export function ocfEnvironment(
  config: OcfConfig,
  file: Pick<OcfAgentFile, "provider" | "type">,
  resource: ResourceSpec,
  operation: { readonly action: OcfAction; readonly timeoutMs: number; readonly intervalMs: number },
): Readonly<Record<string, string>> {
  const { OCF_CHECK_LEVEL: checkLevel, ...parameters } = resource.parameters;
  return {
    ...commonEnvironment(config),
    OCF_RESOURCE_PROVIDER: file.provider,
    OCF_RESOURCE_TYPE: file.type,
    OCF_RESOURCE_INSTANCE: instanceName(resource.name, file.type),
    OCF_RESKEY_crm_feature_set: FEATURE_SET,
    OCF_RESKEY_CRM_meta_name: operation.action,
    OCF_RESKEY_CRM_meta_timeout: String(operation.timeoutMs),
    OCF_RESKEY_CRM_meta_interval: String(operation.intervalMs),
    ...(checkLevel !== undefined && operation.action === "monitor" && { OCF_CHECK_LEVEL: checkLevel }),
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value])),
  };
}

/** What holds for every agent, also when it is only asked to describe itself. */
export function commonEnvironment(config: OcfConfig): Readonly<Record<string, string>> {
  const merged: Record<string, string> = {
    LC_ALL: "C",
    OCF_ROOT: config.root,
    OCF_RA_VERSION_MAJOR: "1",
    OCF_RA_VERSION_MINOR: "1",
    HA_RSCTMP: config.temporaryDirectory,
    HA_LOGD: "no",
    HA_debug: "0",
    ...config.environment,
  };
  return Object.fromEntries(
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    Object.entries(merged).map(([name, value]) => [name, value.replaceAll(/[\u0000-\u001f\u007f]/g, "")]),
  );
}

/**
 * Agents build names of files from it, so it holds nothing that a file's name may not. A resource that is written with
 * its parameters gets its type and a digest of all of it: the same on each node and after a restart.
 */
export function instanceName(resource: string, type: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(resource)) return resource;
  const digest = createHash("sha256").update(resource).digest("hex").slice(0, HASH_CHARACTERS);
  return `${type}-${digest}`;
}
