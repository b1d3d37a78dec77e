// Adds what systole.yaml says to the model that the three files have become. Pure.
import type { ClusterModel, PluginUse } from "@systole/core";
import type { GroupMember, IsolationPolicy, RecoveryRules, ResourceSpec } from "@systole/core/ports";
import { joinBrokers } from "../mqtt-plugin.js";
import { sealedConfig, type SealingChoice } from "../security.js";
import { fenceDevices, fencingConfig } from "./fencing.js";
import type { ResourceRules } from "./resource-schema.js";
import type { SystoleYaml } from "./schema.js";

type PluginEntry = NonNullable<SystoleYaml["plugins"]>[number];

/** What the file itself does not say. */
export interface YamlSurroundings {
  /** Where it is: relative paths of plugins start there. */
  readonly directory: string;
  readonly sealing: SealingChoice;
  /** As ha.cf says. */
  readonly clusterName: string | undefined;
}

/** The settings have been checked. */
export function applySystoleYaml(
  model: ClusterModel,
  settings: SystoleYaml,
  { directory, sealing, clusterName }: YamlSurroundings,
): ClusterModel {
  const { providers } = model;
  const ofHaCf = providers.fenceDevices ?? [];
  const devices = fenceDevices(settings, ofHaCf);
  const authenticator = settings.authenticator ?? providers.authenticator;
  // Also where nothing is sealed yet: then it can be begun without a restart.
  const sealer: PluginUse = { use: "auth-sealed", with: sealedConfig(model.self, sealing) };
  return {
    ...model,
    plugins: joinBrokers(
      [...model.plugins, sealer],
      (settings.plugins ?? []).map((entry) => pluginUse(withWeights(entry, settings), directory)),
      clusterName,
    ),
    groups: model.groups.map((group) => ({
      ...group,
      resources: group.resources.map((member) => withRules(member, settings)),
    })),
    resources: model.resources.map((resource) => withParameters(resource, settings)),
    providers: {
      ...providers,
      ...(authenticator !== undefined && { authenticator }),
      sealer: "sealed",
      membership: settings.membership ?? providers.membership,
      policy: settings.policy ?? providers.policy,
      transports: [...providers.transports, ...(settings.transports ?? [])],
      ...(settings.notifiers !== undefined && { notifiers: settings.notifiers }),
      ...(devices.length > 0 && { fenceDevices: devices }),
      ...(settings.quorum !== undefined && { quorums: settings.quorum }),
      services: { ...providers.services, ...(settings.store !== undefined && { store: settings.store }) },
    },
    ...(devices.length > 0 && { fencing: fencingConfig(settings, ofHaCf) }),
    isolation: settings.isolation ?? defaultIsolation(model, settings),
  };
}

/** Where somebody can tell which side of a partition is the better one, the other lets go; else both hold, as heartbeat's. */
export function defaultIsolation(
  { pingNodes }: Pick<ClusterModel, "pingNodes">,
  { quorum = [] }: Pick<SystoleYaml, "quorum">,
): IsolationPolicy {
  return quorum.length > 0 || pingNodes.length > 0 ? "release" : "hold";
}

/** What nodes weigh stands beside them, and is told to the plugin that counts votes. */
function withWeights(entry: PluginEntry, { nodes = {} }: SystoleYaml): PluginEntry {
  const weights = Object.entries(nodes).flatMap(([name, { weight }]) =>
    weight === undefined ? [] : [[name.toLowerCase(), weight]],
  );
  if (!countsVotes(entry) || weights.length === 0) return entry;
  const given = typeof entry.with === "object" ? entry.with : {};
  return { ...entry, with: { weights: Object.fromEntries(weights), ...given } };
}

/** Of the plugins that are there, the one to which the weight of a node means something. */
export function countsVotes({ use }: PluginEntry): boolean {
  return use.replace(/^@systole\//, "") === "quorum-majority";
}

function pluginUse(entry: PluginEntry, directory: string): PluginUse {
  return {
    use: entry.use,
    from: { specifier: entry.use, directory },
    ...(entry.with !== undefined && { with: entry.with }),
  };
}

function withParameters(resource: ResourceSpec, settings: SystoleYaml): ResourceSpec {
  const parameters = settings.resources?.[resource.name]?.parameters;
  return parameters === undefined
    ? resource
    : { ...resource, parameters: { ...resource.parameters, ...parameters } };
}

/** What is set for the resource, and else what is set for all. */
function withRules(member: GroupMember, settings: SystoleYaml): GroupMember {
  const rules = { ...recoveryRules(settings.defaults), ...recoveryRules(settings.resources?.[member.name]) };
  const operationTimeoutMs = {
    ...recoveryRules(settings.defaults).operationTimeoutMs,
    ...rules.operationTimeoutMs,
  };
  if (Object.keys(rules).length === 0) return member;
  const hasTimeouts = Object.keys(operationTimeoutMs).length > 0;
  return { ...member, rules: { ...rules, ...(hasTimeouts && { operationTimeoutMs }) } };
}

/** Of those that are written. */
export function recoveryRules(rules: ResourceRules = {}): Partial<RecoveryRules> {
  const { monitor, timeouts } = rules;
  const operationTimeoutMs = {
    ...(timeouts?.start !== undefined && { start: timeouts.start }),
    ...(timeouts?.stop !== undefined && { stop: timeouts.stop }),
    ...(timeouts?.monitor !== undefined && { status: timeouts.monitor }),
  };
  const { "on-fail": onFail, "migration-threshold": threshold, "failure-timeout": failureTimeoutMs } = rules;
  return {
    ...(monitor?.every !== undefined && { monitorEveryMs: monitor.every }),
    ...(onFail !== undefined && { onFail }),
    ...(threshold !== undefined && { migrationThreshold: threshold }),
    ...(failureTimeoutMs !== undefined && { failureTimeoutMs }),
    ...(timeouts !== undefined && { operationTimeoutMs }),
  };
}
