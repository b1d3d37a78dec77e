// What can be configured of the agents of OCF.
import * as v from "valibot";

const absolutePath = v.pipe(v.string(), v.startsWith("/", "must be an absolute path"));
const variableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a name of a shell variable"),
);
const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(1));

export const OcfConfig = v.optional(
  v.strictObject({
    /** Agents are in `resource.d` below it, their libraries in `lib`. */
    root: v.optional(absolutePath, "/usr/lib/ocf"),
    /** Where agents keep their state files. Created when it is missing. */
    temporaryDirectory: v.optional(absolutePath, "/run/resource-agents"),
    /** How long operations may take, as agents are told: `OCF_RESKEY_CRM_meta_timeout`. */
    timeoutMs: v.optional(v.object({ start: milliseconds, stop: milliseconds, status: milliseconds }), {
      start: 60_000,
      stop: 60_000,
      status: 20_000,
    }),
    /** Added to the agents' environment, over the defaults: `HA_LOGFACILITY` and the like. */
    environment: v.optional(v.record(variableName, v.string()), {}),
  }),
  {},
);

export type OcfConfig = v.InferOutput<typeof OcfConfig>;
