// What only a policy can do that places groups: it is understood, and refused where the policy is another one. Pure.
import type { Problems } from "../../problem.js";
import type { SystoleSettings } from "../parse.js";
import type { SystoleYaml } from "../schema.js";
import { failbackOf } from "./groups-of.js";
import type { FailbackYaml, GroupYaml } from "./placement-schema.js";

type Path = readonly PropertyKey[];

/** The policy that has it all is not here yet. */
const HAS_PLACEMENT = false;

export function checkPlacementNeeds({ settings, place }: SystoleSettings, problems: Problems): void {
  if (HAS_PLACEMENT && settings.policy === "placement") return;
  for (const path of needs(settings)) {
    const what = path.filter((step) => typeof step === "string").join(".");
    const message = `\`${what}\` needs policy: placement, which this version does not have yet; delete it`;
    problems.error(place(...path), "yaml.needs-placement", message);
  }
  const { nodes = {}, groups = {} } = settings;
  if (Object.keys(nodes).length <= 2) return;
  for (const [name, { prefer }] of Object.entries(groups)) {
    if (!Array.isArray(prefer) || prefer.length < 2) continue;
    const message = `of these only the first counts: the order of the others needs policy: placement, which this version does not have yet; write \`prefer: [${prefer[0] ?? ""}]\``;
    problems.error(place("groups", name, "prefer"), "yaml.needs-placement", message);
  }
}

/** Paths of what needs it. */
function needs(settings: SystoleYaml): readonly Path[] {
  const { nodes = {}, groups = {}, constraints, defaults } = settings;
  const found: Path[] = constraints === undefined || constraints.length === 0 ? [] : [["constraints"]];
  for (const [name, node] of Object.entries(nodes))
    for (const key of ["site", "attributes"] as const)
      if (node[key] !== undefined) found.push(["nodes", name, key]);
  if (isDelayed(defaults?.failback)) found.push(["defaults", "failback"]);
  if (defaults?.["no-quorum"] !== undefined) found.push(["defaults", "no-quorum"]);
  for (const [name, group] of Object.entries(groups))
    found.push(...needsOf(group, settings).map((key) => ["groups", name, key]));
  return found;
}

function needsOf(group: GroupYaml, settings: SystoleYaml): readonly string[] {
  const keys = (["never", "stickiness", "clone", "promotable"] as const).filter(
    (key) => group[key] !== undefined,
  );
  const isScored = group.prefer !== undefined && !Array.isArray(group.prefer);
  return [
    ...keys,
    ...(isScored ? ["prefer"] : []),
    ...(isOther(group.failback, settings) ? ["failback"] : []),
  ];
}

function isDelayed(failback: FailbackYaml | undefined): boolean {
  return typeof failback === "object";
}

/** Of a group that returns when others stay: one policy holds for all of them. */
function isOther(failback: FailbackYaml | undefined, settings: SystoleYaml): boolean {
  if (failback === undefined) return false;
  const ofAll = { on: "auto", off: "manual", legacy: "legacy" }[failbackOf(settings)];
  return failback !== ofAll;
}
