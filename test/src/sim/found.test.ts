// Lives that once showed something wrong, made small and kept: nothing is wrong with them any more. Each file says what it was.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { live, type LifeInit } from "@systole/sim";
import { expect, it } from "vitest";
import { AUTHENTICATOR } from "./simulated-cluster.js";

type Found = Pick<LifeInit, "scene" | "schedule" | "seed"> & { readonly what: string };

const DIRECTORY = fileURLToPath(new URL("found/", import.meta.url));

it.each(readdirSync(DIRECTORY))("%s", (file) => {
  const { scene, schedule, seed, what } = JSON.parse(readFileSync(`${DIRECTORY}${file}`, "utf8")) as Found;
  expect(what.length).toBeGreaterThan(20);
  expect(live({ scene, schedule, seed, authenticator: AUTHENTICATOR, wholePeace: true }).complaints).toEqual(
    [],
  );
});
