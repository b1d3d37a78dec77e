// The sockets that `listen` directives ask for.
import { isIP } from "node:net";

export type Listen =
  | {
      readonly kind: "tcp";
      /** Canonical address, a wildcard (`0.0.0.0`, `::`), or a host name. */
      readonly host: string;
      readonly port: number;
    }
  | { readonly kind: "unix"; readonly path: string };

/** A range of ports is bounded, so that a slip of the pen does not cost the node its memory. */
const MAX_RANGE = 1024;
const DEFAULT_PORT = 80;

/**
 * The sockets of one `listen` directive; none for UDP (`udp`, `quic`), which cannot be asked whether it accepts, and none
 * for what nginx would refuse.
 */
export function parseListen(args: readonly string[]): readonly Listen[] {
  const [where, ...flags] = args;
  if (where === undefined || flags.includes("udp") || flags.includes("quic")) return [];
  if (where.startsWith("unix:")) return [{ kind: "unix", path: where.slice("unix:".length) }];
  if (/^\d+(-\d+)?$/.test(where)) return onPorts("0.0.0.0", where);
  const bracketed = /^\[([^\]]+)\](?::([\d-]+))?$/.exec(where);
  const plain = bracketed ?? /^([^:\s]+)(?::([\d-]+))?$/.exec(where);
  const host = plain?.[1];
  if (host === undefined) return [];
  return onPorts(host === "*" ? "0.0.0.0" : canonicalAddress(host), plain?.[2] ?? String(DEFAULT_PORT));
}

function onPorts(host: string, range: string): readonly Listen[] {
  const [first = 0, last = first] = range.split("-").map(Number);
  const count = Math.min(last - first + 1, MAX_RANGE);
  if (!(first > 0 && last <= 65_535 && count > 0)) return [];
  return Array.from({ length: count }, (_, index) => ({ kind: "tcp", host, port: first + index }));
}

/** One text for each address; a name comes back as it is, and so does an address with a zone, which nginx refuses. */
export function canonicalAddress(host: string): string {
  if (isIP(host) !== 6 || host.includes("%")) return host;
  return new URL(`http://[${host}]`).hostname.slice(1, -1);
}

/** As people write it, for reasons and logs. */
export function inWords(listen: Listen): string {
  if (listen.kind === "unix") return `unix:${listen.path}`;
  return isIP(listen.host) === 6 ? `[${listen.host}]:${listen.port}` : `${listen.host}:${listen.port}`;
}
