// Who may serve when the nodes do not hear each other, on real interfaces: the side that cannot know lets go before the
// other takes over, and a node that was away asks before it serves again.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { situation } from "./act-runner.js";
import { namesOf } from "./answers.js";
import type { NodeName } from "./cluster-files.js";
import { closeLab, describeInLab, joined, openStarted, PATIENCE_MS, settledOn, statusOf } from "./in-lab.js";
import type { Lab } from "./lab.js";
import { LAUNCHER } from "./programs.js";
import { monotonicMs, pause, waitFor } from "./wait.js";

const FREEZE_MS = 9000;

describeInLab("a node that is left alone", () => {
  let lab: Lab;
  let changes: { readonly atMs: number; readonly holders: string }[] = [];
  let endListening: () => void = () => undefined;

  beforeAll(async () => {
    lab = await openStarted({ implementation: "systole", variant: { autoFailback: "off" } });
    endListening = lab.holders.onChange((holders) => {
      changes.push({ atMs: monotonicMs(), holders: holders.join("+") || "nobody" });
    });
  });

  beforeEach(() => {
    changes = [];
  });

  async function bothJoined(): Promise<void> {
    await joined(lab, "master");
    await joined(lab, "cluster1");
    changes = [];
  }

  const seen = (): readonly string[] => changes.map(({ holders }) => holders);

  async function until(holders: string): Promise<void> {
    await waitFor(
      `${holders} to have the address`,
      () => (lab.holders.now().join("+") || "nobody") === holders,
      {
        timeoutMs: PATIENCE_MS,
        everyMs: 5,
        describe: () => situation(lab),
      },
    );
  }

  async function ruleOn(name: NodeName): Promise<string | undefined> {
    return (await statusOf(lab, name)).isolation?.rule;
  }

  it("lets go when it sees its carrier go, and the other takes over after deadtime", async () => {
    await bothJoined();
    const pulledMs = monotonicMs();
    await lab.pullCable("master");
    await until("nobody");
    const letGoMs = monotonicMs();
    expect(await ruleOn("master")).toBe("cut-off");
    await until("cluster1");
    expect(seen()).toEqual(["nobody", "cluster1"]);
    // At once, and not only because it has heard nobody for as long as that takes.
    expect(letGoMs - pulledMs).toBeLessThan((monotonicMs() - pulledMs) / 2);
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
  });

  it("finds the other serving when the cable is back, and disturbs nobody", async () => {
    const pluggedMs = monotonicMs();
    await lab.plugCable("master");
    await joined(lab, "master");
    expect(await ruleOn("master")).toBe("in-company");
    expect(seen()).toEqual([]);
    expect(namesOf(lab.answers.since(pluggedMs))).toEqual(["cluster1"]);
  });

  it("lets go before the other takes over when the fault is beyond the switch and the carrier stays", async () => {
    await bothJoined();
    await lab.cutBeyondSwitch("cluster1");
    await until("master");
    expect(seen()).toEqual(["nobody", "master"]);
    expect(await ruleOn("cluster1")).toBe("released");
    expect(await ruleOn("master")).toBe("granted");
    expect(await settledOn(lab, "master")).toBe("master");
  });

  it("after the heal there is one owner within a second, and no request goes unanswered", async () => {
    const mendedMs = monotonicMs();
    await lab.mendBeyondSwitch("cluster1");
    await joined(lab, "cluster1");
    await pause(Math.max(0, mendedMs + 1000 - monotonicMs()));
    expect(seen()).toEqual([]);
    expect(namesOf(lab.answers.since(mendedMs))).toEqual(["master"]);
    expect((await statusOf(lab, "cluster1")).groups.map(({ owner }) => owner)).toEqual(["master"]);
  });

  it("that was stopped for longer than deadtime never serves again before it has asked", async () => {
    await bothJoined();
    await lab.node("master").host.must([process.execPath, LAUNCHER, "takeover"]);
    await bothJoined();
    lab.node("master").freeze();
    await pause(FREEZE_MS);
    expect(lab.holders.now()).toContain("cluster1");
    changes = [];
    const thawedMs = monotonicMs();
    lab.node("master").thaw();
    await until("cluster1");
    await joined(lab, "master");
    await pause(Math.max(0, thawedMs + 3000 - monotonicMs()));
    // It had let go already, or does so now; it never takes the address again.
    expect(seen().filter((holders) => holders !== "cluster1")).toEqual([]);
    expect(lab.node("master").logTail(200)).toContain("returned");
    expect(lab.holders.now()).toEqual(["cluster1"]);
  });

  it("is left alone by a signal, and moves nothing, when it was stopped for less", async () => {
    await bothJoined();
    lab.node("cluster1").freeze();
    await pause(300);
    lab.node("cluster1").thaw();
    await pause(2000); // Twice deadtime.
    expect(seen()).toEqual([]);
    expect(lab.holders.now()).toEqual(["cluster1"]);
  });

  afterAll(async () => {
    endListening();
    await closeLab(lab);
  });
});
