// What the daemon tells this plugin about the times of its cluster.
import type { StandardSchema } from "@systole/sdk";

export interface AddressConfig {
  /** The kernel holds an address so long without a renewal: whole seconds. Absent: until it is removed. */
  readonly leaseMs?: number;
  /** Another process removes an address after so much silence of this one. Absent: none does. */
  readonly guardMs?: number;
  /** After so much silence of this node another one may have taken its addresses. */
  readonly deadMs: number;
}

const DEFAULT_DEAD_MS = 30_000;
const SECOND_MS = 1000;

/** Accepts `undefined` and `{ leaseMs?, guardMs?, deadMs? }`. */
export const AddressConfig: StandardSchema<AddressConfig> = {
  "~standard": {
    version: 1,
    vendor: "systole",
    validate: (value = {}) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return { issues: [{ message: "must be an object such as { leaseMs: 1000, deadMs: 3000 }" }] };
      }
      const {
        leaseMs,
        guardMs,
        deadMs = DEFAULT_DEAD_MS,
        ...others
      }: Partial<Record<string, unknown>> = { ...value };
      const issues = Object.keys(others).map((key) => ({
        message: "unknown setting; there are leaseMs, guardMs and deadMs",
        path: [key],
      }));
      if (!isPositive(deadMs)) issues.push({ message: "must be a positive number", path: ["deadMs"] });
      if (guardMs !== undefined && !isPositive(guardMs))
        issues.push({ message: "must be a positive number", path: ["guardMs"] });
      if (leaseMs !== undefined && !(isPositive(leaseMs) && leaseMs % SECOND_MS === 0))
        issues.push({ message: "must be whole seconds, in milliseconds", path: ["leaseMs"] });
      if (issues.length > 0 || !isPositive(deadMs)) return { issues };
      return {
        value: { deadMs, ...(isPositive(leaseMs) && { leaseMs }), ...(isPositive(guardMs) && { guardMs }) },
      };
    },
  },
};

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
