// Each single message of a cluster's life is lost once. Membership repeats lost messages, so that this is not the normal
// case; but what it cannot repeat must not end with a group on two nodes.
import { expect, test } from "vitest";
import type { Failback } from "../../../ports/index.js";
import { TwoNodes } from "./testkit/two-nodes.js";

function life(failback: Failback, lose?: number): TwoNodes {
  const pair = new TwoNodes(lose === undefined ? { failback } : { failback, lose });
  const acts: readonly (() => void)[] = [
    () => {
      pair.start("alpha");
      pair.run(200);
      pair.start("bravo");
    },
    () => pair.request("alpha", 1, { kind: "stop" }),
    () => pair.start("alpha"),
    () => pair.request("alpha", 2, { kind: "standby", set: "all" }),
    () => pair.request("alpha", 3, { kind: "takeover", set: "all" }),
    () => pair.request("alpha", 4, { kind: "standby", set: "foreign" }),
    () => pair.kill("bravo"),
    () => pair.start("bravo"),
  ];
  for (const act of acts) {
    act();
    pair.run(60_000);
  }
  return pair;
}

test.each<[Failback]>([["on"], ["off"], ["legacy"]])("auto_failback %s", (failback) => {
  const count = life(failback).sent.length;
  expect(count).toBeGreaterThan(failback === "legacy" ? 8 : 40);
  for (let index = 0; index < count; index += 1) {
    const pair = life(failback, index);
    expect({ lost: pair.lostText, doubles: pair.doubles }).toEqual({ lost: pair.lostText, doubles: [] });
    // The one loss that the protocol cannot make good in an hour: the giver is done, and the taker never hears of it.
    if (pair.lostText?.endsWith("ask_resources foreign done")) continue;
    const all = [...pair.running("alpha"), ...pair.running("bravo")].toSorted();
    expect({ lost: pair.lostText, all }).toEqual({ lost: pair.lostText, all: ["db", "web"] });
  }
});
