// What holds on this node and where each value is from: the file and its line, a preset, a default. Without secrets. Pure.
import type { ClusterModel } from "@systole/core";
import type { HaCf, TimeName } from "./ha-cf/ha-cf.js";
import { mediumTarget } from "./ha-cf/media.js";
import type { HaResourcesLine } from "./haresources.js";
import type { Position } from "./problem.js";
import type { SystoleSettings } from "./systole-yaml/parse.js";
import { durationText } from "./systole-yaml/duration.js";
import { DEFAULT_PRESET } from "./systole-yaml/whole/presets.js";

export interface EffectiveValue {
  /** Dotted, as systole.yaml has it. */
  readonly key: string;
  readonly value: string;
  /** `ha.cf:4`, `systole.yaml:7`, `preset lan`, `default`. */
  readonly from: string;
}

export interface EffectiveParts {
  readonly model: ClusterModel;
  readonly haCf: HaCf;
  readonly groups: readonly HaResourcesLine[];
  readonly systoleYaml: SystoleSettings;
  /** Names of the files, not their paths. */
  readonly settingsName: string;
  readonly resourcesName: string;
}

const TIMES: readonly (readonly [
  TimeName,
  "keepaliveMs" | "warnMs" | "deadMs" | "initialDeadMs" | "pingDeadMs",
])[] = [
  ["keepalive", "keepaliveMs"],
  ["warntime", "warnMs"],
  ["deadtime", "deadMs"],
  ["initdead", "initialDeadMs"],
  ["deadping", "pingDeadMs"],
];

/** In the order of systole.yaml's keys. */
export function effectiveValues(parts: EffectiveParts): readonly EffectiveValue[] {
  return [...clusterValues(parts), ...mediaValues(parts), ...groupValues(parts), ...providerValues(parts)];
}

function clusterValues({
  model,
  haCf,
  systoleYaml,
  settingsName,
}: EffectiveParts): readonly EffectiveValue[] {
  const at = ({ line }: Position): string => `${settingsName}:${line}`;
  const preset = systoleYaml.settings.preset ?? DEFAULT_PRESET;
  const otherwise = settingsName === "ha.cf" ? "default" : `preset ${preset}`;
  const { clusterName, failback, watchdog } = haCf;
  return [
    ...(clusterName === undefined
      ? []
      : [{ key: "cluster", value: clusterName.value, from: at(clusterName.at) }]),
    ...TIMES.map(([name, field]) => {
      const written = haCf.times[name];
      const value = durationText(model.timings[field]);
      const derived = name === "deadping" ? "as deadtime" : otherwise;
      return { key: `timings.${name}`, value, from: written === undefined ? derived : at(written.at) };
    }),
    ...(watchdog === undefined ? [] : [{ key: "watchdog", value: watchdog.value, from: at(watchdog.at) }]),
    ...haCf.nodes.map(({ value, at: where }) => ({
      key: `nodes.${value}`,
      value: value === model.self ? "this node" : "",
      from: at(where),
    })),
    {
      key: "defaults.failback",
      value: { on: "auto", off: "manual", legacy: "legacy" }[model.failback],
      from: failbackOrigin(failback?.at, systoleYaml, settingsName),
    },
  ];
}

function failbackOrigin(
  at: Position | undefined,
  { settings, place }: SystoleSettings,
  settingsName: string,
): string {
  if (settingsName === "ha.cf") return at === undefined ? "default" : `ha.cf:${at.line}`;
  if (settings.defaults?.failback !== undefined)
    return `${settingsName}:${place("defaults", "failback").line}`;
  const said = Object.entries(settings.groups ?? {}).find(([, group]) => group.failback !== undefined);
  return said === undefined ? "default" : `${settingsName}:${place("groups", said[0], "failback").line}`;
}

function mediaValues({ haCf, settingsName }: EffectiveParts): readonly EffectiveValue[] {
  const kinds = { ucast: "unicast", bcast: "broadcast", mcast: "multicast" } as const;
  const entries = [
    ...haCf.media.map((medium) => ({
      key: `media.${kinds[medium.kind]}`,
      value: [medium.interface, mediumTarget(medium), `port ${medium.port}`].filter(Boolean).join(" "),
      at: medium.at,
    })),
    ...haCf.serialPorts.map(({ device, at }) => ({
      key: "media.serial",
      value: `${device} ${haCf.baud} baud`,
      at,
    })),
    ...haCf.brokers.map(({ name, at }) => ({ key: "media.mqtt", value: name, at })),
    ...haCf.pings.map(({ name, at }) => ({ key: "media.ping", value: name, at })),
  ];
  return entries.map(({ key, value, at }) => ({ key, value, from: `${settingsName}:${at.line}` }));
}

function groupValues({ model, groups, resourcesName }: EffectiveParts): readonly EffectiveValue[] {
  return model.groups.flatMap(({ key, home, resources }, index) => {
    const line = groups[index];
    const from = `${resourcesName}:${line?.node.line ?? 0}`;
    return [
      { key: `groups.${key}.prefer`, value: home, from },
      ...resources.map(({ name, agent }, position) => ({
        key: `groups.${key}.resources`,
        value: `${name} (${agent})`,
        from: `${resourcesName}:${line?.resources[position]?.line ?? line?.node.line ?? 0}`,
      })),
    ];
  });
}

function providerValues({ model, systoleYaml }: EffectiveParts): readonly EffectiveValue[] {
  const { settings, place } = systoleYaml;
  const { authenticator, sealer, membership, policy, quorums = [], fenceDevices = [] } = model.providers;
  const rows: readonly (readonly [keyof typeof settings, string | undefined])[] = [
    ["authenticator", authenticator],
    ["security", sealer === undefined ? undefined : (settings.security?.mode ?? "off")],
    ["membership", membership],
    ["policy", policy],
    ["quorum", quorums.join(", ") || undefined],
    ["isolation", model.isolation],
    ["fence", fenceDevices.join(", ") || undefined],
  ];
  return rows.flatMap(([key, value]) => {
    if (value === undefined) return [];
    const from = settings[key] === undefined ? "default" : `systole.yaml:${place(key).line}`;
    return [{ key: key === "security" ? "security.mode" : key, value, from }];
  });
}
