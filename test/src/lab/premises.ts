// What must be there before a lab is made, and where its files go.
import { existsSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasProgram, labAbility } from "./ability.js";
import type { ClusterProgram } from "./programs.js";
import { LabError } from "./wait.js";

export const DIRECTORY_PREFIX = "systole-lab-";

/** Built: it runs as a program of its own, whatever runs the lab. */
export const CLIENT_PROGRAM = fileURLToPath(new URL("../../dist/lab/client.js", import.meta.url));

/** Throws LabError naming everything that is missing. */
export function requireAbility(program: ClusterProgram): "root" | "user-namespace" {
  const ability = labAbility();
  if (ability.kind === "impossible") {
    throw new LabError(`the lab cannot be made here; missing:\n  ${ability.missing.join("\n  ")}`);
  }
  if (!hasProgram(program.needs[0])) {
    throw new LabError(`missing: ${program.needs[0]} (apt-get install ${program.needs[1]})`);
  }
  if (program.needsRealRoot && ability.kind !== "root") {
    throw new LabError(`${program.name} needs users besides root: run the lab as root`);
  }
  if (!existsSync(CLIENT_PROGRAM)) throw new LabError("not built yet: run `npm run setup` first");
  return ability.kind;
}

/** A temporary directory that no view covers. */
export function labParent(): string {
  const wanted = realpathSync(tmpdir());
  return /^\/(etc|run|var)\b/.test(wanted) ? "/tmp" : wanted;
}

/** Removes what a lab left that was ended without a chance to clean up: only its files, its hosts died with it. */
export function removeAbandoned(): void {
  const parent = labParent();
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${DIRECTORY_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Another user's: not ours to remove.
    }
  }
}
