// A node in a function is a full member: it votes, it takes the service when the others are gone, and it gives it back. The same story on
// every host, and the same transcript of it.
import { describe, expect, it } from "vitest";
import { waitFor } from "../../lab/wait.js";
import { workerdMissing } from "../workerd.js";
import { HOSTS, newKey } from "./gamma-hosts.js";
import { startProvider, type Deeds, type Provider, type ToldEvent } from "./provider.js";
import { Cables, startMachine, type Machine } from "./site.js";

const missing = workerdMissing();
const names = Object.keys(HOSTS).filter(
  (name) => name !== "workerd" || missing === undefined || process.env["CI"] === "true",
);

/** What gamma has judged and decided, without numbers and moments. */
function judged(events: readonly ToldEvent[]): readonly string[] {
  const lines = events.flatMap(({ name, fields }) => {
    if (name === "node.changed")
      return [`${String(fields["node"])} ${String(fields["to"])}: ${String(fields["reason"])}`];
    return name === "group.claimed"
      ? [`claims for ${String(fields["owner"])}: ${String(fields["why"])}`]
      : [];
  });
  return [...new Set(lines)].toSorted();
}

/** What is done where, chapter by chapter, and what gamma has made of it in all. */
const STORY = [
  "all are there: alpha start",
  "alpha is cut off, and beta serves by gamma's vote: alpha stop, beta start",
  "nobody reaches gamma, and its alarm notices: beta stop, gamma start",
  "all reach gamma again: gamma stop, alpha start",
  "alpha active: partition-healed",
  "alpha active: started",
  "alpha dead: silent",
  "alpha up: started",
  "beta active: partition-healed",
  "beta active: started",
  "beta dead: silent",
  "beta up: started",
  "claims for alpha: it goes home to alpha",
  "claims for gamma: beta is dead",
  "gamma active: joined",
  "gamma up: started",
];

/** What a node weighs while all is well, where that can be seen. */
const stateBytes = new Map<string, number>();

async function story(host: string): Promise<readonly string[]> {
  const deeds: Deeds = [];
  const provider = await startProvider(deeds);
  const key = newKey();
  const gamma = await HOSTS[host]?.(provider, key);
  if (gamma === undefined) throw new Error(`no host ${host}`);
  const cables = new Cables();
  const init = { cables, deeds, functionUrl: `${gamma.url}/frames`, key };
  const machines: Machine[] = [];
  try {
    machines.push(await startMachine("alpha", init), await startMachine("beta", init));
    const told = await live(machines, provider, cables, deeds);
    stateBytes.set(host, (await provider.cell.load())?.bytes.length ?? 0);
    return [...told, ...judged(provider.events)];
  } finally {
    for (const { cluster } of machines) await cluster.request({ kind: "stop" });
    await Promise.all(machines.map(({ cluster }) => cluster.ended));
    await gamma.close();
    await provider.close();
  }
}

async function live(
  [alpha, beta]: readonly Machine[],
  provider: Provider,
  { cut }: Cables,
  deeds: Deeds,
): Promise<readonly string[]> {
  if (alpha === undefined || beta === undefined) throw new Error("two machines are needed");
  const transcript: string[] = [];
  const chapter = (title: string): void => void transcript.push(`${title}: ${deeds.splice(0).join(", ")}`);
  const sees = ({ cluster }: Machine) =>
    cluster.view().nodes.filter(({ state }) => state === "active").length;
  const seen = (): string =>
    JSON.stringify([
      deeds,
      ...[alpha, beta].map(({ cluster }) =>
        cluster.view().nodes.map(({ name, state }) => `${name} ${state}`),
      ),
    ]);
  const until = (what: string, holds: () => boolean): Promise<true> =>
    waitFor(what, holds, { timeoutMs: 25_000, everyMs: 20, describe: seen });
  await until(
    "all hear all, and alpha serves",
    () => sees(alpha) === 3 && sees(beta) === 3 && alpha.running(),
  );
  await until("beta knows of it", () => beta.cluster.view().stable);
  chapter("all are there");

  // Only with gamma beta is a majority.
  cut.add("alpha").add("alpha to gamma");
  await until("beta serves", () => beta.running());
  expect(beta.cluster.view().isolation).toMatchObject({ serves: true });
  chapter("alpha is cut off, and beta serves by gamma's vote");

  cut.add("beta to gamma");
  await until("gamma serves", () => provider.running());
  expect([alpha.running(), beta.running()]).toEqual([false, false]);
  chapter("nobody reaches gamma, and its alarm notices");

  cut.delete("alpha to gamma");
  cut.delete("beta to gamma");
  await until("alpha serves", () => alpha.running());
  expect([provider.running(), beta.running()]).toEqual([false, false]);
  await until("beta hears gamma", () => sees(beta) === 2);
  cut.clear();
  await until("all hear all", () => sees(alpha) === 3 && sees(beta) === 3);
  expect([alpha.running(), provider.running(), beta.running()]).toEqual([true, false, false]);
  chapter("all reach gamma again");
  return transcript;
}

describe.concurrent(`a node in a function${missing === undefined ? "" : ` (${missing})`}`, () => {
  it.each(names)(
    "on %s: votes, takes the service when the others are gone, and gives it back",
    async (name) => {
      const begunMs = performance.now();
      expect(await story(name)).toEqual(STORY);
      const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
      const bytes = stateBytes.get(name) ?? 0;
      const weighs = bytes === 0 ? "" : `, its state has ${(bytes / 1000).toFixed(1)} kB`;
      process.stdout.write(
        `  a node in a function, ${name.padEnd(8)} the same story in ${seconds} s${weighs}\n`,
      );
    },
  );
});
