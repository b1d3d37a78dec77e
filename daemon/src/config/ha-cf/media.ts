// Directives that name network media. Each medium takes the UDP port that stands above it.
import { isIPv4, isIPv6 } from "node:net";
import type { Problems } from "../problem.js";
import type { Word } from "../source-text.js";
import { parseBoolean, parseInteger, type DirectiveLine, type DirectiveReader } from "./directive-line.js";
import { DEFAULT_UDP_PORT, type HaCfDraft, type Medium } from "./ha-cf.js";

export const MAX_MEDIA = 64;
/** IFNAMSIZ without its terminator, and the characters that the kernel refuses. */
export const INTERFACE = /^[^\s/:]{1,15}$/;

function isInterface(word: Word, problems: Problems): boolean {
  if (INTERFACE.test(word.text) && word.text !== "." && word.text !== "..") return true;
  const message = `"${word.text}" cannot be an interface's name; write e.g. eth0, without an alias`;
  problems.error(word, "interface.invalid-name", message);
  return false;
}

/** Where the frames of a medium go; undefined for the interface's own broadcast address. */
export function mediumTarget(medium: Medium): string | undefined {
  if (medium.kind === "bcast") return undefined;
  return medium.kind === "ucast" ? medium.address : medium.group;
}

export function sameMedium(one: Medium, other: Medium): boolean {
  return (
    one.kind === other.kind &&
    one.interface === other.interface &&
    one.port === other.port &&
    mediumTarget(one) === mediumTarget(other)
  );
}

function addMedium(draft: HaCfDraft, medium: Medium, problems: Problems): void {
  const earlier = draft.media.find((other) => sameMedium(other, medium));
  if (earlier !== undefined) {
    const message = `the same medium stands in line ${earlier.at.line} already and is used once; delete one`;
    problems.warning(medium.at, "medium.duplicate", message);
  } else if (draft.media.length >= MAX_MEDIA) {
    problems.error(medium.at, "medium.too-many", `more than ${MAX_MEDIA} media; delete some`);
  } else {
    draft.media.push(medium);
  }
}

function port(draft: HaCfDraft): number {
  return draft.udpPort?.value ?? DEFAULT_UDP_PORT;
}

export const readBroadcast: DirectiveReader = ({ directive, values }, draft, problems) => {
  if (directive.text === "udp") {
    problems.warning(directive, "directive.renamed", "`udp` is an old name; write `bcast`");
  }
  if (values.length === 0) {
    problems.error(directive, "medium.incomplete", "write the interface: `bcast eth0`");
  }
  for (const word of values) {
    if (isInterface(word, problems)) {
      addMedium(draft, { kind: "bcast", interface: word.text, port: port(draft), at: word }, problems);
    }
  }
};

/** The parameters, or undefined after saying that there are too few or too many. */
function exactly(count: number, line: DirectiveLine, form: string, problems: Problems): Word[] | undefined {
  const { parameters, directive } = line;
  const surplus = parameters[count];
  if (parameters.length < count) {
    problems.error(directive, "medium.incomplete", `something is missing: write \`${form}\``);
    return undefined;
  }
  if (surplus !== undefined) {
    problems.error(surplus, "medium.surplus", `"${surplus.text}" is too much here: write \`${form}\``);
    return undefined;
  }
  return [...parameters];
}

function unicast(form: string, family: 4 | 6): DirectiveReader {
  const isAddress = family === 4 ? isIPv4 : isIPv6;
  return (line, draft, problems) => {
    const [device, address] = exactly(2, line, form, problems) ?? [];
    if (device === undefined || address === undefined) return;
    const deviceIsGood = isInterface(device, problems);
    if (!isAddress(address.text)) {
      const message = `"${address.text}" is not an IPv${family} address; write \`${form}\``;
      problems.error(address, "address.invalid", message);
    } else if (isGroup(address.text, family)) {
      const message = `"${address.text}" is a multicast group; write a \`mcast\` line, or the peer's own address`;
      problems.error(address, "address.invalid", message);
    } else if (!hasZone(address.text, device.text)) {
      const message = `the address names another interface; write \`%${device.text}\` after it, or nothing`;
      problems.error(address, "address.invalid", message);
    } else if (deviceIsGood) {
      const medium = { interface: device.text, address: address.text, port: port(draft), at: device };
      addMedium(draft, { kind: "ucast", ...medium }, problems);
    }
  };
}

/** An IPv6 address may name its interface, but only the right one. */
export function hasZone(address: string, device: string): boolean {
  const [, zone] = address.split("%");
  return zone === undefined || zone === device;
}

export function isGroup(text: string, family: 4 | 6): boolean {
  if (family === 6) return isIPv6(text) && /^ff/i.test(text);
  const first = Number(text.split(".")[0]);
  return isIPv4(text) && first >= 224 && first <= 239;
}

function multicast(form: string, family: 4 | 6): DirectiveReader {
  const groups = family === 4 ? "224.0.0.0 to 239.255.255.255" : "ff00::/8";
  const most = family === 4 ? 4 : 255;
  return (line, draft, problems) => {
    const [device, group, portWord, ttlWord, loopWord] = exactly(5, line, form, problems) ?? [];
    if (!device || !group || !portWord || !ttlWord || !loopWord) return;
    const port = parseInteger(portWord.text, 1, 65_535);
    const ttl = parseInteger(ttlWord.text, 0, most);
    const loop = /^[01]$/.test(loopWord.text) ? parseBoolean(loopWord.text) : undefined;
    const groupIsGood = isGroup(group.text, family) && hasZone(group.text, device.text);
    if (!groupIsGood) {
      const message = `"${group.text}" is not a multicast group; write one of ${groups}`;
      problems.error(group, "address.not-multicast", message);
    }
    if (port === undefined) {
      problems.error(portWord, "port.invalid", `"${portWord.text}" is not a UDP port; write 1 to 65535`);
    }
    if (ttl === undefined) {
      problems.error(ttlWord, "ttl.invalid", `"${ttlWord.text}" does not fit; write 0 to ${most}, mostly 1`);
    }
    if (loop === undefined) {
      problems.error(loopWord, "loop.invalid", `"${loopWord.text}" does not fit; write 0 or 1, mostly 0`);
    }
    if (!isInterface(device, problems) || !groupIsGood) return;
    if (port === undefined || ttl === undefined || loop === undefined) return;
    const medium = { interface: device.text, group: group.text, port, ttl, loop, at: device };
    addMedium(draft, { kind: "mcast", ...medium }, problems);
  };
}

export const MEDIA_READERS: ReadonlyMap<string, DirectiveReader> = new Map([
  ["bcast", readBroadcast],
  ["udp", readBroadcast],
  ["ucast", unicast("ucast INTERFACE ADDRESS-OF-THE-PEER", 4)],
  ["ucast6", unicast("ucast6 INTERFACE ADDRESS-OF-THE-PEER", 6)],
  ["mcast", multicast("mcast INTERFACE GROUP PORT TTL LOOP", 4)],
  ["mcast6", multicast("mcast6 INTERFACE GROUP PORT HOPS LOOP", 6)],
]);
