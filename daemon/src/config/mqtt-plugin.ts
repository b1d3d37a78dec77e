// The plugin of MQTT brokers, which two files may name: ha.cf with a line a broker, systole.yaml with all that a line cannot say.
import type { PluginUse } from "@systole/core";
import type { HaCf } from "./ha-cf/ha-cf.js";

const PLUGIN = "transport-mqtt";

/** Undefined when ha.cf names no broker. */
export function mqttPlugin({ brokers, clusterName }: HaCf): PluginUse | undefined {
  if (brokers.length === 0) return undefined;
  return {
    use: PLUGIN,
    with: {
      ...(clusterName !== undefined && { cluster: clusterName.value }),
      brokers: brokers.map(({ name, url, prefix }) => ({
        name,
        url,
        ...(prefix !== undefined && { prefix }),
      })),
    },
  };
}

/** As the plugin's provider is called. */
export function brokerName({ name }: HaCf["brokers"][number]): string {
  return `mqtt:${name}`;
}

/**
 * `added` of systole.yaml behind `own` of ha.cf, with one plugin for the brokers of both: those of systole.yaml first, so that their
 * places in the list are those that a person sees there. The cluster's name in ha.cf counts for both unless systole.yaml has one.
 */
export function joinBrokers(
  own: readonly PluginUse[],
  added: readonly PluginUse[],
  clusterName: string | undefined,
): readonly PluginUse[] {
  const ofHaCf = own.find(({ use }) => use === PLUGIN);
  const ofSystoleYaml = added.find(({ use }) => use === PLUGIN);
  if (ofSystoleYaml === undefined || !isMapping(ofSystoleYaml.with)) return [...own, ...added];
  const given = ofSystoleYaml.with;
  const lines = isMapping(ofHaCf?.with) ? listed(ofHaCf.with["brokers"]) : [];
  const joined: PluginUse = {
    ...ofSystoleYaml,
    with: {
      ...(clusterName !== undefined && { cluster: clusterName }),
      ...given,
      ...(lines.length > 0 && { brokers: [...listed(given["brokers"]), ...lines] }),
    },
  };
  return [
    ...own.filter((entry) => entry !== ofHaCf),
    ...added.map((entry) => (entry === ofSystoleYaml ? joined : entry)),
  ];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
