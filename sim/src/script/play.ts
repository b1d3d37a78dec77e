// Plays a script: what stands in it is done to a simulated cluster, and under each block of commands stands what came of it. The same
// text comes out again, with what comes of it now.
import type { Authenticator } from "@systole/core/ports";
import { clusterOf } from "../lives/stage.js";
import { isSceneLine, parseScene } from "./scene-lines.js";
import { Show } from "./show.js";

const RULE = "----";

/**
 * A question in the first line, lines that describe the cluster (`parseScene`), then blocks of commands, each ended by `----` or an
 * empty line; what follows `----` until the next empty line is replaced. Lines that begin with `#` stay. Throws, with the number of
 * the line, when one is not understood.
 */
export function play(script: string, authenticator: Authenticator): string {
  const [question = "", ...lines] = script.split("\n");
  const written = [question];
  const sceneLines: string[] = [];
  let show: Show | undefined;
  let block: (() => void)[] = [];
  let isOutput = false;
  const begin = (): Show => {
    const { scene, seed } = parseScene(sceneLines);
    return new Show(scene, clusterOf(scene, seed, authenticator));
  };
  const end = (): void => {
    if (block.length > 0 && show !== undefined) written.push(RULE, ...show.tell(block));
    block = [];
  };
  for (const [index, line] of lines.entries()) {
    const isEmpty = line.trim() === "";
    if (isOutput && !isEmpty) continue;
    isOutput = false;
    if (line === RULE || isEmpty) {
      end();
      isOutput = line === RULE;
      if (isEmpty) written.push("");
      continue;
    }
    written.push(line);
    if (line.startsWith("#")) continue;
    try {
      if (isSceneLine(line)) sceneLines.push(line);
      else {
        const playing = (show ??= begin());
        block.push(playing.command(line));
      }
    } catch (error) {
      throw new Error(`line ${index + 2}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  end();
  return `${written.join("\n").trimEnd()}\n`;
}
