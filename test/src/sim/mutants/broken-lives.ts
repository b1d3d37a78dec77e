// Lives of clusters whose engine is broken in one place: the sources are bundled with the mutation in them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { lifeOfSeed, live } from "@systole/sim";
import { bundled, ROOT } from "../from-source.js";
import { AUTHENTICATOR } from "../simulated-cluster.js";
import type { Mutation } from "./mutations.js";

export interface BrokenLives {
  /** The known seed, or the first one from 1 on whose life shows the mutation, and what is wrong with it; undefined: none of them does. */
  firstCaught(mostSeeds: number): { readonly seed: number; readonly what: string } | undefined;
}

interface Lives {
  readonly live: typeof live;
  readonly lifeOfSeed: typeof lifeOfSeed;
}

export async function brokenLives(mutation: Mutation): Promise<BrokenLives> {
  const file = join(ROOT, mutation.file);
  const parts = readFileSync(file, "utf8").split(mutation.from);
  if (parts.length !== 2)
    throw new Error(`${mutation.file} has ${parts.length - 1} times what “${mutation.what}” replaces`);
  const { live, lifeOfSeed } = await mutated(file, parts.join(mutation.to));
  return {
    firstCaught(mostSeeds) {
      const seeds = Array.from({ length: mostSeeds }, (_, index) => index + 1);
      for (const seed of [mutation.knownSeed, ...seeds]) {
        const [complaint] = live(lifeOfSeed(seed, AUTHENTICATOR)).complaints;
        if (complaint !== undefined) return { seed, what: `${complaint.check}: ${complaint.what}` };
      }
      return undefined;
    },
  };
}

/** The simulator and the core from source, but for one file. */
async function mutated(file: string, text: string): Promise<Lives> {
  const code = await bundled("sim/src/index.ts", [
    { name: "mutation", load: (id) => (id === file ? { code: text, moduleType: "ts" } : undefined) },
  ]);
  const directory = mkdtempSync(join(tmpdir(), "systole-mutant-"));
  try {
    const path = join(directory, "mutant.mjs");
    writeFileSync(path, code);
    return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Lives;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
