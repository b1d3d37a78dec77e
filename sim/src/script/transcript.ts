// The life of a cluster as a transcript, in the form of a script, so that it can be read, kept and played again.
import type { Authenticator } from "@systole/core/ports";
import type { Misfortune } from "../lives/fault.js";
import type { Scene } from "../lives/scene.js";
import { clusterOf } from "../lives/stage.js";
import { faultLine } from "./fault-lines.js";
import { sceneLines } from "./scene-lines.js";
import { Show } from "./show.js";
import { spanText } from "./span.js";

/** `stage`: the cluster of this life is another one than the scene's, as in `LifeInit`. The text ends with a line end. */
export function transcriptOf(
  scene: Scene,
  schedule: readonly Misfortune[],
  seed: number,
  authenticator: Authenticator,
  stage: typeof clusterOf = clusterOf,
): string {
  const show = new Show(scene, stage(scene, seed, authenticator));
  const lines = [`What if ${schedule.length} misfortunes befall ${scene.nodes.length} nodes?`, ""];
  lines.push(...sceneLines({ scene, seed }));
  for (const block of blocksOf(schedule)) {
    const told = show.tell(block.map((line) => show.command(line)));
    lines.push("", ...block, "----", ...told);
  }
  return `${lines.join("\n")}\n`;
}

/** As `live` has it: the start, each misfortune with the time that passes after it, and peace. */
function blocksOf(schedule: readonly Misfortune[]): readonly (readonly string[])[] {
  const blocks: string[][] = [["start"]];
  for (const { afterMs, fault } of schedule) {
    blocks.at(-1)?.push(`run ${spanText(afterMs)}`);
    blocks.push([faultLine(fault)]);
  }
  return [...blocks, ["peace", "status"]];
}
