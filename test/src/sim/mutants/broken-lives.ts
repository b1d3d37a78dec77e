// Lives of clusters whose engine is broken in one place: the sources are bundled with the mutation in them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import type { lifeOfSeed, live } from "@systole/sim";
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

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

export async function brokenLives(mutation: Mutation): Promise<BrokenLives> {
  const file = join(ROOT, mutation.file);
  const parts = readFileSync(file, "utf8").split(mutation.from);
  if (parts.length !== 2)
    throw new Error(`${mutation.file} has ${parts.length - 1} times what “${mutation.what}” replaces`);
  const { live, lifeOfSeed } = await bundled(file, parts.join(mutation.to));
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
async function bundled(file: string, text: string): Promise<Lives> {
  const build = await rolldown({
    input: join(ROOT, "sim/src/index.ts"),
    cwd: ROOT,
    platform: "node",
    plugins: [
      { name: "mutation", load: (id) => (id === file ? { code: text, moduleType: "ts" } : undefined) },
    ],
    resolve: {
      conditionNames: ["@systole/source", "node", "import", "default"],
      extensionAlias: { ".js": [".js", ".ts"] },
    },
    transform: { target: "es2022", decorator: { legacy: true, emitDecoratorMetadata: false } },
    onLog: () => undefined,
  });
  const directory = mkdtempSync(join(tmpdir(), "systole-mutant-"));
  try {
    const { output } = await build.generate({ format: "esm", codeSplitting: false });
    const path = join(directory, "mutant.mjs");
    writeFileSync(path, output[0].code);
    return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Lives;
  } finally {
    await build.close();
    rmSync(directory, { recursive: true });
  }
}
