// The whole state of a node that is a function, as it is saved: what a daemon has in memory and on disk together.
import { FUNCTION_LIMITS } from "./limits.js";
import type { NodeTime } from "./node-time.js";

/** Something that was asked of the world and has not answered. */
export interface Pending {
  readonly id: number;
  readonly kind: "agent" | "fence";
  /** What it is, for people. */
  readonly what: string;
  /** In the node's time: when nobody will answer any more. */
  readonly dueMs: number;
}

export interface WaitingFrame {
  readonly number: number;
  /** In the node's time. */
  readonly saidMs: number;
  readonly bytes: readonly number[];
}

export interface NodeState {
  readonly version: 1;
  /** What the node was configured as; another configuration begins another life. */
  readonly configuration: string;
  readonly generation: number;
  /** 16 bytes. */
  readonly uuid: readonly number[];
  readonly time: NodeTime;
  /** What the engine has written; absent when this life is over. */
  readonly engine?: unknown;
  /** What outlives this life. */
  readonly policy?: unknown;
  readonly nodes?: unknown;
  readonly pending: readonly Pending[];
  readonly frames: readonly WaitingFrame[];
  /** Number of the last frame that was said. */
  readonly lastFrame: number;
  /** It has left and does not come back by itself: why. */
  readonly left?: string;
}

/** Compressed JSON. Throws RangeError when it is larger than any node's state ought to be. */
export async function packState(state: NodeState): Promise<Uint8Array> {
  const text = JSON.stringify(state);
  if (text.length > FUNCTION_LIMITS.stateCharacters)
    throw new RangeError(`the state of this node has ${text.length} characters`);
  return through(new TextEncoder().encode(text), new CompressionStream("gzip"));
}

/** Undefined when nobody can read it. */
export async function unpackState(bytes: Uint8Array): Promise<NodeState | undefined> {
  try {
    const unpacked = await through(bytes, new DecompressionStream("gzip"));
    const state = JSON.parse(new TextDecoder().decode(unpacked)) as Partial<NodeState>;
    return state.version === 1 ? (state as NodeState) : undefined;
  } catch {
    return undefined;
  }
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const body = new Response(new Uint8Array(bytes)).body;
  if (body === null) return new Uint8Array();
  const piped: ReadableStream = body.pipeThrough(stream as unknown as TransformStream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
