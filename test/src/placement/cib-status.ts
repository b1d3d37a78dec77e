// What is known of nodes and resources, as the status section of a file for Pacemaker: what was done last on each node.
import type { PlacementGroup, PlacementRules } from "@systole/core/ports";
import type { NodeStanding, PlacementState, RunningInstance } from "@systole/core/engine";
import { pair } from "./cib-names.js";

/** What Pacemaker notes of the parameters that an operation was done with, none here: another, and it would restart the resource. */
const DIGESTS = { once: "f2317cad3d54cec5d7d7aa7d0bf35cf8", repeated: "4811cef7f7f94e3a35a70be7916cb2fd" };
const UUID = "00000000-0000-0000-0000-000000000000";

interface Done {
  readonly action: string;
  readonly intervalMs: number;
  readonly expected: number;
  readonly code: number;
  readonly call: number;
}

export function statusXml(rules: PlacementRules, state: PlacementState): string {
  return `<status>\n${rules.nodes.map(({ name }) => nodeStateXml(name, rules, state)).join("\n")}\n</status>`;
}

function nodeStateXml(node: string, rules: PlacementRules, state: PlacementState): string {
  const standing = state.nodes.find(({ name }) => name === node)?.standing ?? "lost";
  const resources = rules.groups.flatMap((group) => histories(group, node, standing, state));
  return `<node_state id="${node}" uname="${node}" ${membership(standing)} crm-debug-origin="test">
<transient_attributes id="${node}"><instance_attributes id="status-${node}">${transient(node, rules, state)}</instance_attributes></transient_attributes>
<lrm id="${node}"><lrm_resources>${resources.join("")}</lrm_resources></lrm>
</node_state>`;
}

function membership(standing: NodeStanding): string {
  if (standing === "unclean") return `in_ccm="false" crmd="offline" join="down" expected="member"`;
  if (standing === "lost") return `in_ccm="false" crmd="offline" join="down" expected="down"`;
  return `in_ccm="true" crmd="online" join="member" expected="member"`;
}

function transient(node: string, { groups }: PlacementRules, state: PlacementState): string {
  const failures = state.failures
    .filter((one) => one.node === node)
    .flatMap(({ resource, count, lastAtMs, start }) => {
      const operation = `${resource}#${start === true ? "start_0" : "monitor_10000"}`;
      const worth = start === true ? "INFINITY" : String(count);
      const seconds = String(Math.floor(lastAtMs / 1000));
      return [
        pair(`status-${node}`, `fail-count-${operation}`, worth),
        pair(`status-${node}`, `last-failure-${operation}`, seconds),
      ];
    });
  const promotion = state.promotion
    .filter((one) => one.node === node)
    .flatMap(({ group, score }) =>
      (groups.find(({ name }) => name === group)?.resources ?? []).map(({ name }) =>
        pair(`status-${node}`, `master-${name}`, String(score)),
      ),
    );
  return [pair(`status-${node}`, "probe_complete", "true"), ...failures, ...promotion].join("");
}

function histories(
  group: PlacementGroup,
  node: string,
  standing: NodeStanding,
  { running, failures }: PlacementState,
): readonly string[] {
  const here = running.filter((one) => one.group === group.name && one.node === node);
  const unique = (group.clone?.perNode ?? 1) > 1;
  const type = group.promotable === undefined ? "Dummy" : "Stateful";
  return group.resources.flatMap(({ name }, place) => {
    const last = place === group.resources.length - 1;
    const startFailed = failures.some(
      (one) => one.resource === name && one.node === node && one.start === true,
    );
    const found = here.map((one) => historyXml(id(name, one, unique), type, node, doneBy(one, last)));
    if (found.length > 0 || standing === "lost" || standing === "unclean") return found;
    const probe: Done = { action: "monitor", intervalMs: 0, expected: 7, code: 7, call: 1 };
    const tried: readonly Done[] = startFailed
      ? [
          { action: "start", intervalMs: 0, expected: 0, code: 1, call: 2 },
          { action: "stop", intervalMs: 0, expected: 0, code: 0, call: 3 },
        ]
      : [];
    return [historyXml(unique ? `${name}:0` : name, type, node, [probe, ...tried])];
  });
}

function id(name: string, { instance }: RunningInstance, unique: boolean): string {
  return unique ? `${name}:${instance}` : name;
}

/** What has been done with a resource that runs; of a group the last one is what failed. */
function doneBy({ role, condition }: RunningInstance, last: boolean): readonly Done[] {
  const start: Done = { action: "start", intervalMs: 0, expected: 0, code: 0, call: 2 };
  const promote: Done = { action: "promote", intervalMs: 0, expected: 0, code: 0, call: 3 };
  const isPromoted = role === "promoted";
  const healthy: Done = {
    action: "monitor",
    intervalMs: isPromoted ? 9000 : 10_000,
    expected: isPromoted ? 8 : 0,
    code: isPromoted ? 8 : 0,
    call: 4,
  };
  const done = isPromoted ? [start, promote, healthy] : [start, healthy];
  if (condition === "failed" && last)
    return [...done.slice(0, -1), { ...healthy, code: isPromoted ? 9 : 1, call: 5 }];
  if (condition === "stuck" && last)
    return [...done, { action: "stop", intervalMs: 0, expected: 0, code: 1, call: 5 }];
  return done;
}

function historyXml(resource: string, type: string, node: string, all: readonly Done[]): string {
  const ops = all.map(({ action, intervalMs, expected, code, call }) => {
    const key = `${call}:1:${expected}:${UUID}`;
    const digest = intervalMs === 0 ? DIGESTS.once : DIGESTS.repeated;
    const status = code === expected ? 0 : 4;
    const name = intervalMs === 0 ? `${resource}_${action}_last` : `${resource}_${action}_${intervalMs}`;
    return `<lrm_rsc_op id="${name}" operation_key="${resource}_${action}_${intervalMs}" operation="${action}" crm_feature_set="3.0.14" transition-key="${key}" transition-magic="${status}:${code};${key}" on_node="${node}" call-id="${call}" rc-code="${code}" op-status="${status}" interval="${intervalMs}" last-rc-change="1768478000" exec-time="0" queue-time="0" op-digest="${digest}" crm-debug-origin="test"/>`;
  });
  return `<lrm_resource id="${resource}" class="ocf" provider="pacemaker" type="${type}">${ops.join("")}</lrm_resource>`;
}
