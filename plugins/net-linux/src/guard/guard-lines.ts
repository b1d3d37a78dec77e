// What the daemon and its guard say to each other: lines of text through a pipe. Pure.
import type { GuardedAddress } from "@systole/sdk";
import { GUARD_LIMITS } from "./limits.js";

/** From the daemon. Moments are of the kernel's monotonic clock, which all processes of a machine share. */
export type GuardOrder =
  | { readonly kind: "hold" | "let-go"; readonly address: GuardedAddress }
  | { readonly kind: "beat"; readonly atMs: number };

/** From the guard. */
export type GuardReport =
  | { readonly kind: "ready"; readonly priority: string }
  /** It has read what was written. */
  | { readonly kind: "read" }
  | {
      readonly kind: "removed";
      readonly addresses: readonly string[];
      readonly silentMs: number;
      /** Why those that are there still could not be removed. */
      readonly failures: readonly string[];
    };

export function orderLine(order: GuardOrder): string {
  return `${JSON.stringify(order)}\n`;
}

export function reportLine(report: GuardReport): string {
  return `${JSON.stringify(report)}\n`;
}

/** Both ends are of one version: a line that is no JSON is a fault, and is passed over. */
export function parseLine<Line extends GuardOrder | GuardReport>(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

/** Puts lines together from whatever pieces a pipe delivers. */
export class LineBuffer {
  private rest = "";

  take(piece: string): readonly string[] {
    const lines = `${this.rest}${piece}`.split("\n");
    this.rest = (lines.pop() ?? "").slice(-GUARD_LIMITS.lineBytes);
    return lines;
  }
}
