// What can be configured of STONITH devices: by names as in systole.yaml, or in order as in heartbeat's ha.cf.
import { hostname } from "node:os";
import * as v from "valibot";
import { describeType, typesLike } from "./describe-type.js";
import { inOrder } from "./in-order.js";
import { parameterProblems, type StonithType } from "./stonith-type.js";

const absolutePath = v.pipe(v.string(), v.startsWith("/", "must be an absolute path"));
const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "must be a name of letters, digits, _ . and -"),
);
const parameterName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "must be a name of a parameter"),
);
const value = v.union(
  [v.string(), v.strictObject({ file: absolutePath }), v.strictObject({ env: v.string() })],
  "must be a text, { file: /absolute/path } or { env: NAME }",
);

const Device = v.pipe(
  v.strictObject({
    /** As `stonith -L` lists it: `apcmaster`, `external/ipmi`. */
    type: v.pipe(
      v.string(),
      v.regex(/^(external\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "must be a type, such as external/ipmi"),
    ),
    /** Nodes that may use the device; `*`: all. Elsewhere it lists no node. */
    from: v.optional(v.union([v.string(), v.array(v.string())]), "*"),
    /** By name; or a text with the values in the order of `stonith -t TYPE -n`, as in ha.cf. */
    parameters: v.optional(v.union([v.string(), v.record(parameterName, value)])),
    /** A file with the values in that order in its first line that is no comment: the file of ha.cf's `stonith`. */
    configFile: v.optional(absolutePath),
  }),
  v.check(
    ({ parameters, configFile }) => (parameters === undefined) !== (configFile === undefined),
    "needs either parameters or configFile",
  ),
);

const Shape = v.strictObject({
  /** By the name under which `fence` in systole.yaml knows it. */
  devices: v.record(name, Device),
  /** The program of the package cluster-glue. */
  program: v.optional(absolutePath, "/usr/sbin/stonith"),
  /** Where the scripts of `external/NAME` are; they are run directly. */
  externalDirectory: v.optional(absolutePath, "/usr/lib/stonith/plugins/external"),
  /** Added to the environment of the scripts and the program: PATH and the like. */
  environment: v.optional(v.record(v.string(), v.string()), {}),
});

export type StonithConfig = v.InferOutput<typeof Shape>;
export type DeviceConfig = v.InferOutput<typeof Device>;

/** The shape, and then what the types themselves say of their parameters. Only what this node may use is judged. */
export const StonithConfig = v.pipeAsync(
  Shape,
  v.rawTransformAsync(async ({ dataset: { value: config }, addIssue, NEVER }) => {
    const types: Record<string, StonithType> = {};
    let sound = true;
    for (const [device, settings] of Object.entries(config.devices)) {
      const { type, problems } = await inspect(config, settings);
      if (type !== undefined) types[device] = type;
      if (problems.length === 0 || !mayUse(settings, hostname())) continue;
      sound = false;
      for (const problem of problems) addIssue({ message: `devices.${device}: ${problem}` });
    }
    return sound ? { ...config, types } : NEVER;
  }),
);

/** The configuration, with what the types of this node's devices have said of themselves. */
export type CheckedConfig = v.InferOutput<typeof StonithConfig>;

/** Whether `node` may use the device. */
export function mayUse({ from }: Pick<DeviceConfig, "from">, node: string): boolean {
  const nodes = typeof from === "string" ? [from] : from;
  return nodes.includes("*") || nodes.includes(node);
}

interface Inspection {
  readonly type?: StonithType;
  readonly problems: readonly string[];
}

async function inspect(config: StonithConfig, { type, parameters }: DeviceConfig): Promise<Inspection> {
  const described = await describeType(config, type);
  if (!described.ok) {
    const advice = described.unknown ? await typesLike(config, type) : "";
    return { problems: [described.reason + advice] };
  }
  return { type: described.type, problems: problemsOf(type, described.type, parameters) };
}

function problemsOf(typeName: string, type: StonithType, parameters: DeviceConfig["parameters"]) {
  if (parameters === undefined) return [];
  if (typeof parameters !== "string") return parameterProblems(typeName, type, parameters);
  const named = inOrder(parameters, type.ordered);
  return named.ok ? [] : [named.reason];
}
