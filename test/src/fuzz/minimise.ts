// Makes an input that breaks a promise as short as it goes, and still break it in the same way.
import type { Door } from "./door.js";
import { tryInput } from "./try-input.js";

const MAX_ATTEMPTS = 2000;
const MAX_MS = 60_000;

/** `about`: told each input before it is tried. */
export async function minimised(
  door: Door,
  bytes: Uint8Array,
  why: string,
  about: (candidate: Uint8Array) => void,
): Promise<Uint8Array> {
  const untilMs = Date.now() + MAX_MS;
  let shortest = bytes;
  let attempts = 0;
  const stillBreaks = async (candidate: Uint8Array): Promise<boolean> => {
    attempts += 1;
    about(candidate);
    const outcome = await tryInput(door, candidate);
    return !outcome.kept && outcome.why === why;
  };
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < shortest.length;) {
      if (attempts > MAX_ATTEMPTS || Date.now() > untilMs) return shortest;
      const candidate = without(shortest, at, size);
      if (await stillBreaks(candidate)) shortest = candidate;
      else at += size;
    }
  }
  return shortest;
}

function without(bytes: Uint8Array, at: number, size: number): Uint8Array {
  const rest = new Uint8Array(Math.max(0, bytes.length - Math.min(size, bytes.length - at)));
  rest.set(bytes.subarray(0, at));
  rest.set(bytes.subarray(Math.min(bytes.length, at + size)), at);
  return rest;
}
