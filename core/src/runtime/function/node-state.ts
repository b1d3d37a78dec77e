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

/** Undefined when nobody can read it: damaged, of another version, or larger than any node's state ought to be. */
export async function unpackState(bytes: Uint8Array): Promise<NodeState | undefined> {
  try {
    const unpacked = await through(bytes, new DecompressionStream("gzip"), MAX_BYTES);
    const state = JSON.parse(new TextDecoder().decode(unpacked)) as NodeState;
    return isWhole(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** UTF-8 has at most so many bytes for a character of JavaScript. */
const MAX_BYTES = 3 * FUNCTION_LIMITS.stateCharacters;
const UUID_BYTES = 16;

/** What is relied upon before the engine looks at its own part. Throws for what is no state at all. */
function isWhole({ version, configuration, generation, uuid, time, pending, frames, lastFrame }: NodeState) {
  return (
    version === 1 &&
    typeof configuration === "string" &&
    [generation, lastFrame].every(Number.isSafeInteger) &&
    [time.nowMs, time.wallMs].every(Number.isFinite) &&
    isBytes(uuid) &&
    uuid.length === UUID_BYTES &&
    pending.every(({ id, dueMs }) => Number.isSafeInteger(id) && Number.isFinite(dueMs)) &&
    frames.every(
      (frame) => Number.isSafeInteger(frame.number) && Number.isFinite(frame.saidMs) && isBytes(frame.bytes),
    )
  );
}

function isBytes(value: readonly number[]): boolean {
  return value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
}

/** Throws RangeError when more than `mostBytes` come out. */
async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const body = new Response(new Uint8Array(bytes)).body;
  if (body === null) return new Uint8Array();
  const piped: ReadableStream<Uint8Array> = body.pipeThrough(stream as unknown as TransformStream);
  const reader = piped.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
    chunks.push(next.value);
    length += next.value.length;
    if (length <= mostBytes) continue;
    void reader.cancel().catch(() => undefined);
    throw new RangeError(`more than ${mostBytes} bytes`);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
