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

/** Both ends are of one version: a line that is no order is a fault, and is passed over. */
export function parseOrder(line: string): GuardOrder | undefined {
  const order = fieldsIn(line);
  const { kind, address, atMs } = order;
  if (kind === "beat") return Number.isFinite(atMs) ? (order as unknown as GuardOrder) : undefined;
  const isKnown = kind === "hold" || kind === "let-go";
  return isKnown && isGuarded(address) ? (order as unknown as GuardOrder) : undefined;
}

/** As `parseOrder`, at the other end. */
export function parseReport(line: string): GuardReport | undefined {
  const report = fieldsIn(line);
  const { kind, priority, addresses, failures, silentMs } = report;
  const isReport =
    kind === "read" ||
    (kind === "ready" && typeof priority === "string") ||
    (kind === "removed" && isTexts(addresses) && isTexts(failures) && Number.isFinite(silentMs));
  return isReport ? (report as unknown as GuardReport) : undefined;
}

function fieldsIn(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function isGuarded(value: unknown): value is GuardedAddress {
  if (typeof value !== "object" || value === null) return false;
  const { address, prefixLength, interface: name } = value as Partial<Record<keyof GuardedAddress, unknown>>;
  return typeof address === "string" && Number.isInteger(prefixLength) && typeof name === "string";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
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
