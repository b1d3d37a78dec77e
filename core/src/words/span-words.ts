// How long something took, as people read it.

/** Seconds, to the hundredth. */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(2)}s`;
}
