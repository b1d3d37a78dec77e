// What is explained of simulated clusters, held against golden files: daemon/golden/explain. `npx vitest -u` writes them anew.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordingTerminal } from "../testkit/recording-terminal.js";
import { SimulatedJournals } from "../testkit/simulated-journals.js";
import { explain, type Question } from "./explanation.js";
import { explanationText } from "./explanation-text.js";

const WIDTH = 80;
const { out } = recordingTerminal();
const FENCED = "cluster alpha bravo, around fencing, deadtime 1s, keepalive 100ms, auto_failback on";
const ALONE = FENCED.replace("fencing", "nothing");
const zone = process.env["TZ"];

beforeAll(() => (process.env["TZ"] = "UTC"));
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

function booted(scene: string): SimulatedJournals {
  const journals = new SimulatedJournals(scene);
  for (const name of journals.cluster.names) journals.cluster.start(name);
  journals.cluster.run(20_000);
  return journals;
}

function told(journals: SimulatedJournals, nodes: readonly string[], question: Question): string {
  const explanation = explain(
    nodes.map((node) => journals.of(node)),
    question,
  );
  expect(explanation).toBeDefined();
  return explanation === undefined ? "" : explanationText(explanation, out, WIDTH);
}

async function golden(name: string, text: string): Promise<void> {
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(WIDTH);
  await expect(text).toMatchFileSnapshot(`../../golden/explain/${name}.txt`);
}

describe("a node that dies", () => {
  it("is fenced, and its group is taken over: told by the survivor", async () => {
    const journals = booted(FENCED);
    journals.cluster.kill("alpha", true);
    journals.cluster.run(10_000);
    const text = told(journals, ["bravo"], { name: "web" });
    // The chain of the story, whatever its words.
    expect(text).toMatch(
      /last time[^]*calls alpha dead[^]*is off[^]*claims web[^]*has started web[^]*not served for/,
    );
    await golden("fenced", text);
    await golden("fenced-node", told(journals, ["bravo"], { name: "alpha" }));
  });

  it("and comes back: what was, and what is", async () => {
    const journals = booted(ALONE);
    journals.cluster.kill("alpha", true);
    journals.cluster.run(10_000);
    const atMs = journals.wallMs;
    journals.cluster.start("alpha");
    journals.cluster.run(20_000);
    const before = told(journals, ["bravo"], { name: "nginx", atMs });
    expect(before).toContain("web is started on bravo");
    expect(before).toContain("has started nginx");
    const now = told(journals, ["bravo"], { name: "nginx" });
    expect(now).toContain("web is started on alpha");
    await golden("failback", now);
    await golden("failback-both", told(journals, ["alpha", "bravo"], { name: "web" }));
    await golden("since", told(journals, ["bravo"], { name: "web", sinceMs: atMs - 11_000 }));
  });
});

describe("a group that is moved", () => {
  it("by an operator: told by who gives and by who takes", async () => {
    const journals = booted(ALONE);
    journals.cluster.request("alpha", "standby");
    journals.cluster.run(5000);
    const gave = told(journals, ["alpha"], { name: "web" });
    expect(gave).toMatch(
      /asked by an operator: standby[^]*gives web to bravo[^]*has stopped nginx[^]*has stopped web/,
    );
    await golden("standby", gave);
    await golden("standby-taken", told(journals, ["bravo"], { name: "web" }));
  });

  it("because it fails too often", async () => {
    const journals = booted(ALONE);
    journals.cluster.failures.set("alpha nginx start", {
      ok: false,
      kind: "error",
      reason: "port 80 is taken",
    });
    journals.cluster.crash("alpha");
    journals.cluster.run(20_000);
    const text = told(journals, ["alpha"], { name: "web" });
    expect(text).toMatch(/nginx does not work[^]*cannot start nginx: port 80 is taken[^]*gives web to bravo/);
    await golden("failed", text);
  });
});

it("a resource that fails once is started again here", async () => {
  const journals = booted(ALONE);
  journals.cluster.crash("alpha");
  journals.cluster.run(20_000);
  const text = told(journals, ["alpha"], { name: "web" });
  expect(text).toMatch(/nginx does not work[^]*has started nginx[^]*working again/);
  await golden("restarted", text);
});

it("what no journal knows is not explained", () => {
  const journals = booted(ALONE);
  expect(explain([journals.of("alpha")], { name: "nothing" })).toBeUndefined();
  expect(explain([[]], { name: "web" })).toBeUndefined();
});
