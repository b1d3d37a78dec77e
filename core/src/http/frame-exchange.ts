// What a node and a node that is a function say to each other in one signed call: frames there, and the frames that wait back.
// Frames are numbered by the function, and the caller says up to where it has them: a call that is repeated, or replayed, takes
// nothing from anybody.
import { MAX_BODY_BYTES } from "./limits.js";

/** Of the signature: such a call is none for anything else. */
export const FRAMES_PURPOSE = "frames";
/** Bytes of one frame; in base64 and with what surrounds it, it fits into a call. */
export const MAX_EXCHANGED_FRAME_BYTES = 32_768;
/** Frames in one call, or in one answer. */
export const MAX_FRAMES = 64;
/** Characters of a node's name. */
const MAX_NODE_CHARACTERS = 255;
/** Left for everything that is not a frame. */
const ROOM_CHARACTERS = MAX_BODY_BYTES - 2048;

/** From a node to the function. */
export interface FramesCall {
  /** Name of the node that asks. */
  readonly from: string;
  /** Which numbering `had` counts in, as the last answer said; absent: none yet. */
  readonly life?: string;
  /** Highest number that it has received. */
  readonly had: number;
  readonly frames: readonly Uint8Array[];
}

export interface FramesAnswer {
  /** Of the numbering: it begins anew when the function has lost its state. */
  readonly life: string;
  /** Number of the last of `frames`, or what was said in `had` when there is none. */
  readonly upTo: number;
  /** Consecutive, in the order in which they were said: the newest. What did not fit is lost, as on any medium. */
  readonly frames: readonly Uint8Array[];
}

export function framesCall(call: FramesCall): string {
  return JSON.stringify({ ...call, version: 1, frames: call.frames.map(base64) });
}

/** Undefined when it makes no sense. The caller is authentic, and may still be of another version. */
export function readFramesCall(body: string): FramesCall | undefined {
  const { version, from, life, had, frames } = objectIn(body);
  if (version !== 1 || typeof from !== "string" || from === "" || from.length > MAX_NODE_CHARACTERS)
    return undefined;
  if (!isNumber(had) || (life !== undefined && typeof life !== "string")) return undefined;
  const bytes = framesIn(frames);
  return bytes && { from, had, frames: bytes, ...(life !== undefined && { life }) };
}

export function framesAnswer(answer: FramesAnswer): string {
  return JSON.stringify({ ...answer, version: 1, frames: answer.frames.map(base64) });
}

/** Undefined when it makes no sense. */
export function readFramesAnswer(body: string): FramesAnswer | undefined {
  const { version, life, upTo, frames } = objectIn(body);
  if (version !== 1 || typeof life !== "string" || !isNumber(upTo)) return undefined;
  const bytes = framesIn(frames);
  return bytes && { life, upTo, frames: bytes };
}

/** Those of the frames that fit into one body, from the first one. */
export function fitting(frames: readonly Uint8Array[]): readonly Uint8Array[] {
  let characters = 0;
  const end = frames.findIndex(({ length }, index) => {
    characters += 4 * Math.ceil(length / 3) + 3;
    return characters > ROOM_CHARACTERS || index === MAX_FRAMES;
  });
  return end === -1 ? frames : frames.slice(0, end);
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(body) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function framesIn(value: unknown): readonly Uint8Array[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_FRAMES) return undefined;
  const frames: Uint8Array[] = [];
  for (const text of value as readonly unknown[]) {
    const bytes = typeof text === "string" ? bytesOf(text) : undefined;
    if (bytes === undefined || bytes.length > MAX_EXCHANGED_FRAME_BYTES) return undefined;
    frames.push(bytes);
  }
  return frames;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function bytesOf(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
