// Reads what `ip -json` prints. Pure; tolerates fields that come and go between versions.
import { SystoleError, type HeldAddress, type NetworkInterface } from "@systole/sdk";
import { canonicalIp } from "../ip-address.js";
import { ownerOfTag } from "../owner-tag.js";

export interface HostPicture {
  readonly interfaces: readonly NetworkInterface[];
  readonly addresses: readonly HeldAddress[];
}

/** What `ip` prints for a lifetime without an end. */
const FOREVER_SECONDS = 0xffffffff;

type JsonObject = Readonly<Record<string, unknown>>;

/** Output of `ip -json address show`. Throws `NETWORK_UNSUPPORTED` when it is not JSON: a very old `ip`. */
export function parseAddressShow(text: string): HostPicture {
  const links = parseObjects(text).filter(
    (link) => typeof link["ifname"] === "string" && Number.isInteger(link["ifindex"]),
  );
  return {
    interfaces: links.map(toInterface),
    addresses: links.flatMap((link) =>
      objects(link["addr_info"]).flatMap((info) => toHeldAddress(String(link["ifname"]), info)),
    ),
  };
}

export interface ParsedRoute {
  readonly interface: string;
  readonly source?: string;
  readonly prefixLength: number;
  /** Behind a gateway, or over several paths. */
  readonly indirect: boolean;
}

/** Output of `ip -json route get [fibmatch] DESTINATION`; undefined when it says that there is no way. */
export function parseRouteGet(text: string): ParsedRoute | undefined {
  const [route] = parseObjects(text);
  const device = route?.["dev"];
  if (route === undefined || typeof device !== "string") return undefined;
  if (["unreachable", "blackhole", "prohibit"].includes(String(route["type"]))) return undefined;
  const prefixLength = prefixOf(String(route["dst"] ?? "default"));
  if (!Number.isInteger(prefixLength)) return undefined;
  const source = route["prefsrc"];
  return {
    interface: device,
    ...(typeof source === "string" && { source: canonicalIp(source) }),
    prefixLength,
    indirect: ["gateway", "via", "nexthops"].some((key) => key in route),
  };
}

function toInterface(link: JsonObject): NetworkInterface {
  const flags = Array.isArray(link["flags"]) ? link["flags"].map(String) : [];
  const up = flags.includes("UP");
  const loopback = flags.includes("LOOPBACK");
  const mac = link["address"];
  const hasMac = !loopback && typeof mac === "string" && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/u.test(mac);
  return {
    name: String(link["ifname"]),
    index: Number(link["ifindex"]),
    up,
    // `ip` prints no RUNNING; it prints NO-CARRIER instead where that is missing from an interface that is up.
    running: up && !flags.includes("NO-CARRIER"),
    loopback,
    ...(hasMac && { mac }),
  };
}

function toHeldAddress(interfaceName: string, info: JsonObject): HeldAddress[] {
  const { family, local, prefixlen, label, broadcast, protocol } = info;
  const lifetimeSeconds = info["valid_life_time"];
  if ((family !== "inet" && family !== "inet6") || typeof local !== "string") return [];
  if (!Number.isInteger(prefixlen)) return [];
  return [
    {
      address: canonicalIp(local),
      family: family === "inet" ? 4 : 6,
      prefixLength: Number(prefixlen),
      interface: interfaceName,
      ...(typeof label === "string" && label !== interfaceName && { label }),
      ...(typeof broadcast === "string" && { broadcast: canonicalIp(broadcast) }),
      ...(info["dadfailed"] === true && { duplicate: true }),
      ...(typeof lifetimeSeconds === "number" &&
        lifetimeSeconds !== FOREVER_SECONDS && { lifetimeMs: lifetimeSeconds * 1000 }),
      // Decimal, hexadecimal or, where /etc/iproute2 names it, a word that is not ours.
      ...ownerOfTag(typeof protocol === "string" ? Number(protocol) : undefined),
    },
  ];
}

function prefixOf(destination: string): number {
  if (destination === "default") return 0;
  const [address = "", prefix] = destination.split("/");
  return prefix === undefined ? (address.includes(":") ? 128 : 32) : Number(prefix);
}

function parseObjects(text: string): JsonObject[] {
  if (text.trim() === "") return [];
  try {
    return objects(JSON.parse(text));
  } catch (cause) {
    throw new SystoleError(
      "NETWORK_UNSUPPORTED",
      "`ip -json` did not print JSON; iproute2 4.14 or later is needed",
      {
        cause,
      },
    );
  }
}

function objects(value: unknown): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is JsonObject => typeof one === "object" && one !== null);
}
