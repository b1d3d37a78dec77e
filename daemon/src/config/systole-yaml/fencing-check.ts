// Whether what systole.yaml says of fencing fits the cluster: a node that nobody can fence would be waited for for ever.
import { STONITH_DEVICE, STONITH_PLUGIN } from "../ha-cf/stonith.js";
import { didYouMean } from "@systole/sdk";
import { isUnguided, UNGUIDED } from "../fencing-guide.js";
import type { Problems } from "../problem.js";
import { commonDevices, fenceDevices } from "./fencing.js";
import type { SystoleSettings } from "./parse.js";

export interface FencingSurroundings {
  /** Of ha.cf, lower-case. */
  readonly nodes: readonly string[];
  /** ha.cf configures a device for this node. */
  readonly stonith: boolean;
  /** Of ha.cf. */
  readonly pingNodes: number;
  readonly isExecutableFile: (path: string) => boolean;
}

export function checkFencing(
  { settings, place }: SystoleSettings,
  around: FencingSurroundings,
  problems: Problems,
): void {
  const hasDevices = fenceDevices(settings, ofHaCf(around)).length > 0;
  checkOnFail({ settings, place }, hasDevices, problems);
  if (settings.isolation === "fence" && !hasDevices) {
    const message =
      "isolation is fence, and no fence device is named; name one under `fence`, or write hold or release";
    problems.error(place("isolation"), "yaml.no-fence-device", message);
  }
  checkPluginOnce({ settings, place }, around, problems);
  if (hasDevices && settings.fence !== undefined)
    warnUnguided({ settings, place }, around, ["fence"], problems);
  else if (hasDevices && settings.fencing?.nodes !== undefined)
    warnUnguided({ settings, place }, around, ["fencing", "nodes"], problems);
  if (settings.fencing === undefined) return;
  if (!hasDevices) {
    const message = "fencing needs a device, and none is named; name one under `fence`, or delete `fencing`";
    return problems.error(place("fencing"), "yaml.no-fence-device", message);
  }
  checkNodes({ settings, place }, around, problems);
  checkHooks({ settings, place }, around, problems);
  const { first, longest } = settings.fencing.retry ?? {};
  if (first !== undefined && longest !== undefined && first > longest) {
    const message = "the longest pause is shorter than the first one; write a longer one";
    problems.error(place("fencing", "retry", "longest"), "yaml.invalid-value", message);
  }
}

function warnUnguided(
  { settings, place }: SystoleSettings,
  { nodes, pingNodes }: FencingSurroundings,
  path: readonly string[],
  problems: Problems,
): void {
  if (!isUnguided(nodes.length, pingNodes, settings.quorum)) return;
  problems.warning(place(...path), "fencing.no-quorum", UNGUIDED);
}

function ofHaCf({ stonith }: FencingSurroundings): readonly string[] {
  return stonith ? [STONITH_DEVICE] : [];
}

/** A plugin has one configuration; ha.cf's lines are one. */
function checkPluginOnce(
  { settings, place }: SystoleSettings,
  { stonith }: FencingSurroundings,
  problems: Problems,
): void {
  const position = (settings.plugins ?? []).findIndex(
    ({ use }) => use.replace(/^@systole\//, "") === STONITH_PLUGIN,
  );
  if (!stonith || position === -1) return;
  const message = `ha.cf configures ${STONITH_PLUGIN} already, by a stonith line; write that device here and delete the line`;
  problems.error(place("plugins", position, "use"), "yaml.duplicate", message);
}

/** A resource that asks for what nobody can do would be let go of without it. */
function checkOnFail({ settings, place }: SystoleSettings, hasDevices: boolean, problems: Problems): void {
  if (hasDevices) return;
  const places = [
    { path: ["defaults"], rules: settings.defaults },
    ...Object.entries(settings.resources ?? {}).map(([name, rules]) => ({
      path: ["resources", name],
      rules,
    })),
  ];
  for (const { path, rules } of places) {
    if (rules?.["on-fail"] !== "fence") continue;
    const message =
      "on-fail is fence, and no fence device is named; name one under `fence`, or write restart, move, stop or ignore";
    problems.error(place(...path, "on-fail"), "yaml.no-fence-device", message);
  }
}

function checkNodes(
  { settings, place }: SystoleSettings,
  around: FencingSurroundings,
  problems: Problems,
): void {
  const { nodes } = around;
  const written = Object.entries(settings.fencing?.nodes ?? {});
  for (const [name] of written) {
    if (nodes.includes(name.toLowerCase())) continue;
    const advice = didYouMean(name, nodes) || `; ha.cf names: ${nodes.join(", ")}`;
    const message = `no node "${name}" stands in ha.cf${advice}`;
    problems.error(place("fencing", "nodes", name), "yaml.node-unknown", message);
  }
  if (commonDevices(settings, ofHaCf(around)).length > 0) return;
  const covered = written.flatMap(([name, { levels }]) => (levels === undefined ? [] : [name.toLowerCase()]));
  for (const node of nodes.filter((name) => !covered.includes(name))) {
    const message = `no device fences ${node}; give it \`levels\` under \`fencing.nodes\`, or name a device under \`fence\``;
    problems.error(place("fencing", "nodes"), "yaml.no-fence-device", message);
  }
}

function checkHooks(
  { settings, place }: SystoleSettings,
  { isExecutableFile }: FencingSurroundings,
  problems: Problems,
): void {
  for (const when of ["before", "after"] as const) {
    for (const [position, { program }] of (settings.fencing?.[when] ?? []).entries()) {
      if (isExecutableFile(program)) continue;
      const message = `there is no program ${program} on this machine; install it, or delete the entry`;
      problems.error(place("fencing", when, position, "program"), "yaml.program-missing", message);
    }
  }
}
