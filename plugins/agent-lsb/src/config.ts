// What can be configured of script agents, and the environment that scripts written for heartbeat expect.
import { dirname, join } from "node:path";
import * as v from "valibot";

const absolutePath = v.pipe(v.string(), v.startsWith("/", "must be an absolute path"));
const variableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a name of a shell variable"),
);

export const LsbConfig = v.optional(
  v.strictObject({
    /** Scripts of the class `heartbeat`. */
    resourceDirectory: v.optional(absolutePath, "/etc/ha.d/resource.d"),
    /** Scripts of the class `lsb`. */
    initDirectory: v.optional(absolutePath, "/etc/init.d"),
    /** Added to the scripts' environment, over the defaults: `HA_CURHOST`, `HA_keepalive` and the like. */
    environment: v.optional(v.record(variableName, v.string()), {}),
  }),
  {},
);

export type LsbConfig = v.InferOutput<typeof LsbConfig>;

/**
 * The variables that need no running daemon, then those of the configuration. Control characters are removed: some values
 * come from the network in the end, and a newline in one must not become a second line in a script.
 */
export function scriptEnvironment(config: LsbConfig): Readonly<Record<string, string>> {
  const haDirectory = dirname(config.resourceDirectory);
  const merged: Record<string, string> = {
    HA_DIR: haDirectory,
    HA_FUNCS: join(haDirectory, "shellfuncs"),
    HA_RCDIR: join(haDirectory, "rc.d"),
    HA_RESOURCEDIR: config.resourceDirectory,
    HA_LOGD: "no",
    OCF_ROOT: "/usr/lib/ocf",
    ...config.environment,
  };
  return Object.fromEntries(
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    Object.entries(merged).map(([name, value]) => [name, value.replaceAll(/[\u0000-\u001f\u007f]/g, "")]),
  );
}
