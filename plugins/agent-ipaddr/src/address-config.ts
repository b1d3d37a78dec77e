// What the daemon tells this plugin about the times of its cluster.
import type { StandardSchema } from "@systole/sdk";

export interface AddressConfig {
  /** The kernel holds an address so long without a renewal: whole seconds. Absent: until it is removed. */
  readonly leaseMs?: number;
  /** Another process removes an address after so much silence of this one. Absent: none does. */
  readonly guardMs?: number;
  /** After so much silence of this node another one may have taken its addresses. */
  readonly deadMs: number;
  /** The segment is asked whether somebody has an address, where that is wanted to be known. Absent: it is. */
  readonly probe?: boolean;
}

const DEFAULT_DEAD_MS = 30_000;
const SECOND_MS = 1000;

/** Accepts `undefined` and `{ leaseMs?, guardMs?, deadMs?, probe? }`. */
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
        probe = true,
        ...others
      }: Partial<Record<string, unknown>> = { ...value };
      const issues = Object.keys(others).map((key) => ({
        message: "unknown setting; there are leaseMs, guardMs, deadMs and probe",
        path: [key],
      }));
      if (!isPositive(deadMs)) issues.push({ message: "must be a positive number", path: ["deadMs"] });
      if (guardMs !== undefined && !isPositive(guardMs))
        issues.push({ message: "must be a positive number", path: ["guardMs"] });
      if (leaseMs !== undefined && !(isPositive(leaseMs) && leaseMs % SECOND_MS === 0))
        issues.push({ message: "must be whole seconds, in milliseconds", path: ["leaseMs"] });
      if (typeof probe !== "boolean") issues.push({ message: "must be true or false", path: ["probe"] });
      if (issues.length > 0 || !isPositive(deadMs) || typeof probe !== "boolean") return { issues };
      const lease = isPositive(leaseMs) ? { leaseMs } : {};
      const guard = isPositive(guardMs) ? { guardMs } : {};
      return { value: { deadMs, ...lease, ...guard, ...(!probe && { probe }) } };
    },
  },
};

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
