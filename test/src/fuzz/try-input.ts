// One input at one door: what became of it, or how the promise was broken. Too long is broken too.
import { performance } from "node:perf_hooks";
import type { Door } from "./door.js";

export type Outcome =
  | { readonly kept: true; readonly word: string }
  /** `why`: without numbers, so that two of a kind are one. */
  | { readonly kept: false; readonly why: string; readonly error: unknown };

/** Above that an input is too expensive, at the third attempt as well. */
export const SLOW_MS = 1000;
/** Nobody answers any more. */
const NEVER_MS = 10_000;
const MAX_WORD = 200;

export async function tryInput(door: Door, bytes: Uint8Array, slowMs = SLOW_MS): Promise<Outcome> {
  let shortestMs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const begunMs = performance.now();
    try {
      const answer = door.feed(bytes.slice());
      const word = typeof answer === "string" ? answer : await answered(answer);
      shortestMs = Math.min(shortestMs, performance.now() - begunMs);
      if (shortestMs <= slowMs) return { kept: true, word: word.slice(0, MAX_WORD) };
    } catch (error) {
      return { kept: false, why: kindOf(error), error };
    }
  }
  const error = new Error(`${bytes.length} bytes take ${Math.round(shortestMs)} ms`);
  return { kept: false, why: "it takes too long", error };
}

async function answered(answer: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it never answers")), NEVER_MS);
  });
  try {
    return await Promise.race([answer, never]);
  } finally {
    clearTimeout(timer);
  }
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no Error was thrown";
  const place =
    /\(?(?:file:\/\/)?\/[^\s()]*\/((?:[\w-]+\/)?[\w.-]+):\d+:\d+\)?/.exec(error.stack ?? "")?.[1] ?? "";
  return `${error.name}: ${(error.message.split("\n")[0] ?? "").replaceAll(/[0-9]+/g, "N").slice(0, 120)} (${place})`;
}
