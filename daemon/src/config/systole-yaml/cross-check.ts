// What systole.yaml alone cannot know: whether it fits the resources of haresources.
import { didYouMean } from "@systole/sdk";
import type { HaResourcesLine } from "../haresources.js";
import type { Problems } from "../problem.js";
import { countsVotes } from "./apply.js";
import type { SystoleSettings } from "./parse.js";

export function checkSystoleYaml(
  { settings, place }: SystoleSettings,
  groups: readonly HaResourcesLine[],
  pingNodes: number,
  problems: Problems,
): void {
  const known = groups.flatMap((group) => group.resources.map((resource) => resource.text));
  for (const name of Object.keys(settings.resources ?? {})) {
    if (known.includes(name)) continue;
    const advice = didYouMean(name, known) || `; write one of: ${known.join(", ")}`;
    const message = `no resource "${name}" stands in haresources, where each is named first${advice}`;
    problems.error(place("resources", name), "yaml.resource-unknown", message);
  }
  checkWeights({ settings, place }, problems);
  checkPluginsOnce({ settings, place }, problems);
  checkIsolation({ settings, place }, pingNodes, problems);
}

/** Weights count where votes are counted, and stand in one place. */
function checkWeights({ settings, place }: SystoleSettings, problems: Problems): void {
  const [weighed] = Object.entries(settings.nodes ?? {}).filter(([, { weight }]) => weight !== undefined);
  if (weighed === undefined) return;
  const [name] = weighed;
  const position = (settings.plugins ?? []).findIndex(countsVotes);
  if (position === -1) {
    const message =
      "a weight counts where votes are counted, and nothing counts them; write `plugins: [{ use: quorum-majority }]` and `quorum: [majority]`, or delete it";
    return problems.warning(place("nodes", name, "weight"), "yaml.no-quorum", message);
  }
  const given: unknown = settings.plugins?.[position]?.with;
  if (typeof given !== "object" || given === null || !("weights" in given)) return;
  const other = place("plugins", position, "with", "weights");
  const message = `weights stand in line ${other.line} too, for the plugin; keep those of the nodes, or those`;
  problems.error(place("nodes", name, "weight"), "yaml.contradiction", message);
}

/** A node that lets go and that nobody can grant anything would never serve alone. */
function checkIsolation({ settings, place }: SystoleSettings, pingNodes: number, problems: Problems): void {
  const { isolation, quorum = [] } = settings;
  if (isolation !== "release" || quorum.length > 0 || pingNodes > 0) return;
  const message =
    "isolation is release, and nobody can say that a node alone may serve; name a quorum under `quorum`, a ping node among the media, or write hold";
  problems.error(place("isolation"), "yaml.no-quorum", message);
}

function checkPluginsOnce({ settings, place }: SystoleSettings, problems: Problems): void {
  const uses = (settings.plugins ?? []).map(({ use }) => use);
  for (const [position, use] of uses.entries()) {
    if (uses.indexOf(use) === position) continue;
    const message = `the plugin ${use} is named twice; name it once, with one configuration`;
    problems.error(place("plugins", position, "use"), "yaml.duplicate", message);
  }
}
