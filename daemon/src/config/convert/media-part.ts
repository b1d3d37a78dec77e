// The media of ha.cf as entries of `media`. Pure.
import { DEFAULT_UDP_PORT, type HaCf, type Medium } from "../ha-cf/ha-cf.js";
import { isWritten, type Origins } from "./origins.js";
import { indented, inline, withOrigin } from "./yaml-text.js";

export function mediaLines(haCf: HaCf, origins: Origins): readonly string[] {
  const baud = isWritten(haCf, "baud") ? { baud: haCf.baud } : {};
  const entries = [
    ...haCf.media.map((medium) => ({ at: medium.at, entry: entryOf(medium) })),
    ...haCf.serialPorts.map(({ device, at }) => ({ at, entry: { serial: { device, ...baud } } })),
    ...haCf.brokers.map(({ url, prefix, at }) => ({
      at,
      entry: { mqtt: { url, ...(prefix !== undefined && { prefix }) } },
    })),
    ...haCf.pings.map(({ name, group, hosts, at }) => ({
      at,
      entry: { ping: group ? { name, hosts } : name },
    })),
  ];
  if (entries.length === 0) return [];
  const lines = entries.flatMap(({ at, entry }) => [
    ...origins.remarks(at.line),
    withOrigin(`- ${inline(entry).replace(/^\{ (.*) \}$/, "$1")}`, origins.of(at.line)),
  ]);
  return ["media:", ...indented(lines)];
}

function entryOf(medium: Medium): Readonly<Record<string, unknown>> {
  const port = medium.port === DEFAULT_UDP_PORT ? {} : { port: medium.port };
  const common = { interface: medium.interface };
  if (medium.kind === "bcast") return { broadcast: { ...common, ...port } };
  if (medium.kind === "ucast") return { unicast: { ...common, address: medium.address, ...port } };
  const { group, ttl, loop } = medium;
  return { multicast: { ...common, group, ...port, ttl, loop } };
}
