// A node is started from a copied disk: Systole beside the heartbeat that it was copied from, and the other way round.
import { afterAll, beforeAll, expect, it } from "vitest";
import { LabError, runAct, type ActResult } from "../lab/index.js";
import { COLD_START, start, stop } from "./acts.js";
import { ACT_TIMEOUT_MS, ChainRun, type Chain } from "./chain-run.js";
import { describeChain, describeInterop } from "./chain.js";
import { MIXED } from "./pairing.js";
import { forgetUuid, namesTheCopy, startAsCopy } from "./twins.js";
import { PATIENT } from "./unharmed.js";

describeChain({
  name: "copied uuid, Systole's",
  variant: PATIENT,
  pairings: MIXED.slice(0, 1),
  comparison: false,
  acts: [
    COLD_START,
    stop("cluster1", "master"),
    startAsCopy("cluster1", "master"),
    namesTheCopy(),
    stop("master", "cluster1"),
    start("master", "master"),
  ],
});

// A heartbeat that starts as the copy drops its own messages as replayed, whoever its peer is: it never comes to rest, and serves
// nothing. What Systole holds stays where it is, and the advice that Systole gives helps.
describeInterop("copied uuid, heartbeat's", () => {
  const chain: Chain = {
    name: "copied uuid, heartbeat's",
    variant: PATIENT,
    acts: [COLD_START, stop("cluster1", "master"), start("cluster1", "master")],
  };
  let run: ChainRun;

  beforeAll(async () => {
    const [, pairing] = MIXED;
    if (pairing === undefined) throw new LabError("no pairing with heartbeat as cluster1");
    run = await ChainRun.open(chain, pairing);
  });

  const reasonOf = async (result: Promise<ActResult>): Promise<string | undefined> => (await result).reason;
  const timeout = 3 * ACT_TIMEOUT_MS;

  it("both run, and cluster1 is stopped", { timeout }, async () => {
    expect(await reasonOf(run.act(0))).toBeUndefined();
    expect(await reasonOf(run.act(1))).toBeUndefined();
  });

  it("is named when cluster1 starts with it, and nothing moves", { timeout }, async () => {
    expect(await reasonOf(runAct(run.lab, startAsCopy("cluster1", "master")))).toBeUndefined();
    expect(await reasonOf(runAct(run.lab, namesTheCopy()))).toBeUndefined();
  });

  it("is gone when the advice is followed", { timeout }, async () => {
    await run.lab.node("cluster1").killHard();
    await forgetUuid(run.lab, "cluster1");
    expect(await reasonOf(run.act(2))).toBeUndefined();
    expect(run.nginxOn()).toEqual(["master"]);
  });

  afterAll(async () => {
    await run?.close();
  });
});
