// What is remembered of the nodes between two lives: heartbeat's hostcache and delhostcache, as JSON.
import { LIMITS } from "../limits.js";
import { DEFAULT_WEIGHT } from "./node-record.js";

export interface SavedNode {
  readonly name: string;
  /** 16 bytes; undefined while unknown. */
  readonly uuid: Uint8Array | undefined;
  readonly weight: number;
  readonly site: string | undefined;
}

export interface SavedNodes {
  readonly nodes: readonly SavedNode[];
  /** Names of nodes that were deleted. */
  readonly deleted: readonly string[];
}

const NONE: SavedNodes = { nodes: [], deleted: [] };
const UUID = /^[0-9a-f]{32}$/;

/** What is kept in the store under `nodes`: plain data, `readSavedNodes` reads it again. */
export function savedNodes({ nodes, deleted }: SavedNodes): unknown {
  return {
    version: 1,
    nodes: nodes.map(({ name, uuid, weight, site }) => ({ name, uuid: hexText(uuid), weight, site })),
    deleted,
  };
}

/** Never throws: what cannot be understood is forgotten. */
export function readSavedNodes(value: unknown): SavedNodes {
  if (!isRecord(value) || value["version"] !== 1) return NONE;
  const { nodes, deleted } = value;
  return {
    nodes: Array.isArray(nodes) ? nodes.slice(0, LIMITS.nodes).flatMap(readNode) : [],
    deleted: Array.isArray(deleted)
      ? deleted.filter((name) => typeof name === "string").slice(0, LIMITS.deletedNodes)
      : [],
  };
}

function readNode(value: unknown): readonly SavedNode[] {
  if (!isRecord(value)) return [];
  const { name, uuid, weight, site } = value;
  if (typeof name !== "string" || name === "") return [];
  return [
    {
      name,
      uuid: typeof uuid === "string" && UUID.test(uuid) ? bytes(uuid) : undefined,
      weight: isWeight(weight) ? weight : DEFAULT_WEIGHT,
      site: typeof site === "string" ? site : undefined,
    },
  ];
}

/** As operators may give one: JSON knows numbers beyond all bounds. */
function isWeight(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Bytes as JSON can hold them. */
export function hexText(uuid: Uint8Array | undefined): string | undefined {
  if (uuid === undefined) return undefined;
  return [...uuid].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
