// A broker as it is written: one URL, of which nothing may be secret. Pure.

export type BrokerProtocol = "mqtt" | "mqtts" | "ws" | "wss";

export interface BrokerAddress {
  readonly protocol: BrokerProtocol;
  /** A name or an address; of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Of a WebSocket; else empty. */
  readonly path: string;
}

const DEFAULT_PORTS: Readonly<Record<BrokerProtocol, number>> = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };
const FORM = "mqtt://HOST, mqtts://HOST, ws://HOST/mqtt or wss://HOST/mqtt, with :PORT if need be";

/** The address, or a sentence about what is wrong and what to write instead. The sentence never repeats the URL: it may hold a password. */
export function readBrokerUrl(
  text: string,
): { readonly ok: true; readonly address: BrokerAddress } | { readonly ok: false; readonly hint: string } {
  const url = parsed(text);
  const protocol = url?.protocol.slice(0, -1);
  if (url === undefined || !isProtocol(protocol) || url.hostname === "")
    return refused(`this is not the URL of a broker; write ${FORM}`);
  if (url.username !== "" || url.password !== "")
    return refused(
      "a URL with a user or a password in it shows up in logs; write it without, and `user` and `password: { file: /etc/ha.d/mqtt.password }` under the plugin transport-mqtt in systole.yaml",
    );
  if (url.search !== "" || url.hash !== "")
    return refused(`nothing may follow ? or # in the URL of a broker; write ${FORM}`);
  const isSocket = protocol === "ws" || protocol === "wss";
  if (!isSocket && url.pathname !== "" && url.pathname !== "/")
    return refused(
      "only WebSockets have a path; a topic prefix is a word of its own, after a blank in ha.cf, or `prefix` in systole.yaml",
    );
  const port = url.port === "" ? DEFAULT_PORTS[protocol] : Number(url.port);
  if (port === 0) return refused("port 0 is none; leave the port out, or write the broker's");
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    ok: true,
    address: { protocol, host, port, path: isSocket ? url.pathname || "/" : "" },
  };
}

/** The host, with its port where that is not what everybody expects. For names and sentences. */
export function shortName({ protocol, host, port }: BrokerAddress): string {
  const shown = host.includes(":") ? `[${host}]` : host;
  return port === DEFAULT_PORTS[protocol] ? shown : `${shown}:${port}`;
}

export function isEncrypted({ protocol }: BrokerAddress): boolean {
  return protocol === "mqtts" || protocol === "wss";
}

function parsed(text: string): URL | undefined {
  // Without its own slashes the URL parser takes anything for a path.
  if (!/^[a-z]+:\/\/[^/]/i.test(text) || text.length > 2048) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function isProtocol(text: string | undefined): text is BrokerProtocol {
  return text !== undefined && Object.hasOwn(DEFAULT_PORTS, text);
}

function refused(hint: string): { readonly ok: false; readonly hint: string } {
  return { ok: false, hint };
}
