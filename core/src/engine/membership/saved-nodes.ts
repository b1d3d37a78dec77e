// What is remembered of the nodes between two lives: heartbeat's hostcache and delhostcache, as JSON.
import { LIMITS } from "../limits.js";
import { DEFAULT_WEIGHT, type NodeRecord } from "./node-record.js";

export interface SavedNode {
  readonly name: string;
  readonly uuid: Uint8Array | undefined;
  readonly weight: number;
  readonly site: string | undefined;
}

export interface SavedNodes {
  readonly nodes: readonly SavedNode[];
  readonly deleted: readonly string[];
}

const NONE: SavedNodes = { nodes: [], deleted: [] };
const UUID = /^[0-9a-f]{32}$/;

export function savedNodes(
  nodes: readonly NodeRecord[],
  deleted: readonly string[],
  uuidOf: (name: string) => Uint8Array | undefined,
): unknown {
  return {
    version: 1,
    nodes: nodes.map(({ name, weight, site }) => ({ name, uuid: hexText(uuidOf(name)), weight, site })),
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
      weight: typeof weight === "number" ? weight : DEFAULT_WEIGHT,
      site: typeof site === "string" ? site : undefined,
    },
  ];
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
