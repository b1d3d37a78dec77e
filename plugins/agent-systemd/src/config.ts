// What can be configured of units as resources.
import * as v from "valibot";

export const SystemdConfig = v.optional(
  v.strictObject({
    /** The program that speaks to systemd: a path, or a name in PATH. */
    systemctl: v.optional(v.pipe(v.string(), v.minLength(1)), "systemctl"),
  }),
  {},
);

export type SystemdConfig = v.InferOutput<typeof SystemdConfig>;
