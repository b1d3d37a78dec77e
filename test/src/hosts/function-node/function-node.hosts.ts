// A node in a function is a full member: it votes, it takes the service when the others are gone, and it gives it back. The same story on
// every host, and the same transcript of it.
import { afterAll, describe, expect, it } from "vitest";
import { workerdMissing } from "../workerd.js";
import { HOSTS, newKey } from "./gamma-hosts.js";
import { startProvider, type Deeds, type ToldEvent } from "./provider.js";
import { Cables, startMachine, type Machine } from "./site.js";

const PATIENCE = { timeout: 20_000, interval: 20 };
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

async function story(host: string): Promise<readonly string[]> {
  const deeds: Deeds = [];
  const provider = await startProvider(deeds);
  const key = newKey();
  const start = HOSTS[host];
  if (start === undefined) throw new Error(`no host ${host}`);
  const gamma = await start(provider, key);
  const cables = new Cables();
  const init = { cables, deeds, functionUrl: `${gamma.url}/frames`, key };
  const machines: Machine[] = [];
  const transcript: string[] = [];
  const chapter = (title: string): void => {
    transcript.push(
      `${title}: ${deeds.splice(0).join(", ")}`,
      ...judged(provider.events.splice(0)).map((line) => `  ${line}`),
    );
  };
  try {
    const [alpha, beta] = [await startMachine("alpha", init), await startMachine("beta", init)];
    machines.push(alpha, beta);
    const sees = (machine: Machine) =>
      machine.cluster.view().nodes.filter(({ state }) => state === "active").length;
    await expect.poll(() => [sees(alpha), sees(beta), alpha.running()], PATIENCE).toEqual([3, 3, true]);
    await expect.poll(() => beta.cluster.view().stable, PATIENCE).toBe(true);
    chapter("all are there");

    // Only with gamma beta is a majority.
    cables.cut.add("alpha").add("alpha to gamma");
    await expect.poll(() => beta.running(), PATIENCE).toBe(true);
    expect(beta.cluster.view().isolation).toMatchObject({ serves: true });
    chapter("alpha is cut off, and beta serves by gamma's vote");

    cables.cut.add("beta to gamma");
    await expect.poll(() => provider.running(), PATIENCE).toBe(true);
    expect([alpha.running(), beta.running()]).toEqual([false, false]);
    chapter("nobody reaches gamma: its alarm notices");

    cables.cut.clear();
    await expect.poll(() => alpha.running(), PATIENCE).toBe(true);
    expect([provider.running(), beta.running()]).toEqual([false, false]);
    chapter("all are back");
  } finally {
    for (const { cluster } of machines) await cluster.request({ kind: "stop" });
    await Promise.all(machines.map(({ cluster }) => cluster.ended));
    await gamma.close();
    await provider.close();
  }
  return transcript;
}

describe(`a node in a function${missing === undefined ? "" : ` (${missing})`}`, () => {
  const transcripts = new Map<string, readonly string[]>();
  afterAll(() => {
    for (const [name, lines] of transcripts)
      process.stdout.write(
        `  a node in a function on ${name}: ${String(lines.length)} lines, the same story\n`,
      );
  });

  it.each(names)(
    "on %s: votes, takes the service when the others are gone, and gives it back",
    async (name) => {
      const begunMs = performance.now();
      const transcript = await story(name);
      transcripts.set(name, transcript);
      process.stdout.write(
        `${name} ${((performance.now() - begunMs) / 1000).toFixed(1)} s\n${transcript.join("\n")}\n`,
      );
      expect(transcript.length).toBeGreaterThan(4);
    },
  );
});
