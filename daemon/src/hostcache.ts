// heartbeat's `hostcache` and `delhostcache`: the nodes it knows and the nodes that were deleted, one a line. Pure.
import type { SavedNode } from "@systole/core";

/** More lines than a cluster can have nodes, known and deleted. */
const MAX_LINES = 200;
const DEFAULT_WEIGHT = 100;
const MAX_WEIGHT = 1_000_000;
const NODE_NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,98}[a-z0-9_])?$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UUID_BYTES = 16;
const GROUP_ENDS = [8, 12, 16, 20];

/** Never throws: a line that is none is left out. The two last columns are missing in files of older heartbeats. */
export function parseHostCache(text: string): readonly SavedNode[] {
  const lines = text.split("\n", MAX_LINES);
  const nodes = lines.flatMap((line): readonly SavedNode[] => {
    const [name = "", uuid = "", weight = "", site = ""] = line.split("\t").map((column) => column.trim());
    const lower = name.toLowerCase();
    if (!NODE_NAME.test(lower)) return [];
    return [
      { name: lower, uuid: uuidIn(uuid), weight: weightIn(weight), site: site === "" ? undefined : site },
    ];
  });
  return nodes.filter(({ name }, index) => nodes.findIndex((node) => node.name === name) === index);
}

/** As heartbeat writes it: a uuid of zeros while it is unknown, an empty last column without a site. */
export function formatHostCache(nodes: readonly SavedNode[]): string {
  return nodes
    .map(({ name, uuid, weight, site }) => `${name}\t${uuidText(uuid)}\t${weight}\t${site ?? ""}\n`)
    .join("");
}

function uuidIn(text: string): Uint8Array | undefined {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) return undefined;
  const pairs = lower.replaceAll("-", "").match(/../g) ?? [];
  const bytes = Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  return bytes.some((byte) => byte !== 0) ? bytes : undefined;
}

function uuidText(uuid: Uint8Array | undefined): string {
  const bytes = uuid?.length === UUID_BYTES ? uuid : new Uint8Array(UUID_BYTES);
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const starts = [0, ...GROUP_ENDS];
  return starts.map((start, index) => digits.slice(start, GROUP_ENDS[index])).join("-");
}

function weightIn(text: string): number {
  const weight = /^\d{1,7}$/.test(text) ? Number(text) : DEFAULT_WEIGHT;
  return weight <= MAX_WEIGHT ? weight : DEFAULT_WEIGHT;
}
