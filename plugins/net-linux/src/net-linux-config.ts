// The plugin's configuration: which way to the kernel.
import type { StandardSchema } from "@systole/sdk";

const BACKENDS = ["auto", "native", "programs"] as const;

export interface NetLinuxConfig {
  /** `native`: through koffi. `programs`: ip, arping, ping. `auto` (default): native where koffi loads. */
  readonly backend: (typeof BACKENDS)[number];
}

/** Accepts `undefined` and `{ backend?: "auto" | "native" | "programs" }`. */
export const NetLinuxConfig: StandardSchema<NetLinuxConfig> = {
  "~standard": {
    version: 1,
    vendor: "systole",
    validate: (value) => {
      if (value === undefined) return { value: { backend: "auto" } };
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return { issues: [{ message: 'must be an object such as { backend: "auto" }' }] };
      }
      const unknown = Object.keys(value).filter((key) => key !== "backend");
      if (unknown.length > 0) {
        return {
          issues: unknown.map((key) => ({
            message: "unknown setting; there is only `backend`",
            path: [key],
          })),
        };
      }
      const wanted: unknown = "backend" in value ? value.backend : "auto";
      const backend = BACKENDS.find((one) => one === wanted);
      return backend === undefined
        ? { issues: [{ message: `must be one of ${BACKENDS.join(", ")}`, path: ["backend"] }] }
        : { value: { backend } };
    },
  },
};
