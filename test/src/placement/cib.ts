// A situation as Pacemaker's scheduler reads it: configuration and status in one file of XML.
import type { PlacementGroup, PlacementRules } from "@systole/core/ports";
import type { PlacementState } from "@systole/core/engine";
import { constraintsXml } from "./cib-constraints.js";
import { FENCE_DEVICE, pair } from "./cib-names.js";
import { statusXml } from "./cib-status.js";

export interface ClusterFile {
  readonly rules: PlacementRules;
  readonly state: PlacementState;
  readonly fencing: boolean;
}

export function cibOf({ rules, state, fencing }: ClusterFile): string {
  const groups = rules.groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const sorted = { ...rules, groups };
  return `<cib crm_feature_set="3.0.14" validate-with="pacemaker-3.2" epoch="1" num_updates="0" admin_epoch="0" have-quorum="${state.quorum ? 1 : 0}">
<configuration>
<crm_config><cluster_property_set id="options">
${pair("options", "stonith-enabled", String(fencing))}
${pair("options", "no-quorum-policy", rules.noQuorum ?? "stop")}
${pair("options", "maintenance-mode", String(state.maintenance === "cluster"))}
${pair("options", "concurrent-fencing", "true")}
</cluster_property_set></crm_config>
<nodes>
${rules.nodes.map(({ name, attributes }) => nodeXml(name, attributes, state)).join("\n")}
</nodes>
<resources>
${groups.map((group) => groupXml(group, state)).join("\n")}
<primitive id="${FENCE_DEVICE}" class="stonith" type="fence_dummy"/>
</resources>
<constraints>
${constraintsXml(sorted, state)}
</constraints>
</configuration>
${statusXml(sorted, state)}
</cib>
`;
}

function nodeXml(
  name: string,
  attributes: Readonly<Record<string, string>>,
  { nodes }: PlacementState,
): string {
  const standing = nodes.find((one) => one.name === name)?.standing;
  const all = {
    ...attributes,
    standby: String(standing === "standby"),
    maintenance: String(standing === "maintenance"),
  };
  const pairs = Object.entries(all).map(([key, value]) => pair(`node-${name}`, key, value));
  return `<node id="${name}" uname="${name}"><instance_attributes id="node-${name}">${pairs.join("")}</instance_attributes></node>`;
}

function groupXml(group: PlacementGroup, state: PlacementState): string {
  const left = group.resources.some(({ name }) => state.maintenance.includes(name));
  const meta = {
    "resource-stickiness": String(stickinessOf(group)),
    ...(state.maintenance.includes(group.name) || left ? { "is-managed": "false" } : {}),
  };
  const primitives = group.resources.map((resource) =>
    primitiveXml(resource, group.promotable !== undefined),
  );
  const inner =
    primitives.length > 1
      ? `<group id="${group.name}-group">${metaXml(`${group.name}-group`, meta)}${primitives.join("")}</group>`
      : primitives.join("").replace(/(<primitive [^>]*>)/, `$1${metaXml(`${group.name}-one`, meta)}`);
  return group.clone === undefined && group.promotable === undefined ? inner : cloneXml(group, inner);
}

function stickinessOf({ failback, stickiness = 1, resources }: PlacementGroup): number {
  return failback === "manual" ? Math.ceil(100_000 / resources.length) : stickiness;
}

function cloneXml({ name, clone, promotable }: PlacementGroup, inner: string): string {
  const perNode = clone?.perNode ?? 1;
  const meta = {
    interleave: "true",
    "clone-node-max": String(perNode),
    "globally-unique": String(perNode > 1),
    ...(clone?.max === undefined ? {} : { "clone-max": String(clone.max) }),
    ...(promotable === undefined
      ? {}
      : {
          promotable: "true",
          "promoted-max": String(promotable.promoted),
          "master-max": String(promotable.promoted),
        }),
  };
  return `<clone id="${name}-clone">${metaXml(`${name}-clone`, meta)}${inner}</clone>`;
}

function primitiveXml(
  { name, rules = {} }: PlacementGroup["resources"][number],
  promotable: boolean,
): string {
  const { onFail = "restart", migrationThreshold = 3, failureTimeoutMs = 600_000 } = rules;
  const meta = {
    "migration-threshold": String(onFail === "move" ? 1 : migrationThreshold),
    "failure-timeout": `${failureTimeoutMs / 1000}s`,
  };
  const words = onFail === "move" ? "restart" : onFail;
  const ops = promotable
    ? `<op id="${name}-m1" name="monitor" interval="9s" role="Master" on-fail="${words}"/><op id="${name}-m2" name="monitor" interval="10s" role="Slave" on-fail="${words}"/>`
    : `<op id="${name}-m2" name="monitor" interval="10s" on-fail="${words}"/>`;
  const type = promotable ? "Stateful" : "Dummy";
  return `<primitive id="${name}" class="ocf" provider="pacemaker" type="${type}">${metaXml(name, meta)}<operations>${ops}</operations></primitive>`;
}

function metaXml(id: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([key, value]) => pair(`${id}-meta`, key, value));
  return `<meta_attributes id="${id}-meta">${pairs.join("")}</meta_attributes>`;
}
