// Each mutation is caught by the life of a seed below a thousand. Which seed it was is printed.
import { expect, it } from "vitest";
import { brokenLives } from "./broken-lives.js";
import { MUTATIONS } from "./mutations.js";

const MOST_SEEDS = 1000;

it.each(MUTATIONS)("is caught: an engine that $what", { timeout: 300_000 }, async (mutation) => {
  const caught = (await brokenLives(mutation)).firstCaught(MOST_SEEDS);
  expect(caught, `no life of ${MOST_SEEDS} shows it`).toBeDefined();
  process.stdout.write(`  seed ${String(caught?.seed).padStart(4)}  ${mutation.what}: ${caught?.what}\n`);
});
