// What a medium's hint that a node has gone does: to the link at once, to the node nothing. Whoever can write to a broker can
// forge one, and a broker may deliver one of a former life.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MembershipMachine, MembershipOutput } from "../../ports/index.js";
import { changes, events, joined, receive, runTo, sent, status } from "./testkit/machine.js";

const hint = (target: MembershipMachine, nowMs: number, link = "eth0", node = "cluster1") =>
  target.step({ kind: "link.hinted", link, node }, nowMs, 0);

const linkChanges = (outputs: readonly MembershipOutput[]) =>
  outputs.flatMap((output) => (output.kind === "link.changed" ? [`${output.link} ${output.to}`] : []));

describe("a hint that a node has gone", () => {
  it("takes its link down at once, and is answered by a sign of life of our own", () => {
    const target = joined();
    receive(target, status("active", 4), 110);
    const answer = hint(target, 120);
    expect(linkChanges(answer)).toEqual(["eth0 dead"]);
    expect(events(answer)).toContain("link.hinted");
    expect(sent(answer, "status")).toHaveLength(1);
    expect(changes(answer)).toEqual([]);
  });

  it("is forgotten when the node is heard there again", () => {
    const target = joined();
    receive(target, status("active", 4), 110);
    hint(target, 120);
    expect(linkChanges(receive(target, status("active", 5), 200))).toEqual(["eth0 up"]);
  });

  it("says nothing twice, and nothing of strangers, of this node, or of a link that there is not", () => {
    const target = joined();
    receive(target, status("active", 4), 110);
    hint(target, 120);
    for (const [link, node] of [
      ["eth0", "cluster1"],
      ["eth1", "stranger"],
      ["eth1", "master"],
      ["eth9", "cluster1"],
    ])
      expect(linkChanges(hint(target, 121, link, node))).toEqual([]);
  });

  it("does not bring the node's death nearer: it is as silence alone would have it", () => {
    const target = joined();
    receive(target, status("active", 4), 110);
    hint(target, 120);
    expect(changes(runTo(target, 1109))).toEqual([]);
    expect(changes(runTo(target, 1111))).toEqual(["cluster1 active>dead silent"]);
  });

  it("changes no node's state at any time, whatever else happens", () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 400 }),
      hears: fc.boolean(),
      hints: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [told, untold] = [joined(), joined()];
        let nowMs = 100;
        let sequence = 3;
        for (const { waitMs, hears, hints } of steps) {
          nowMs += waitMs;
          if (hears) sequence += 1;
          const seen = [told, untold].map((target) => {
            const outputs = [...runTo(target, nowMs)];
            if (hints && target === told) outputs.push(...hint(target, nowMs));
            if (hears) outputs.push(...receive(target, status("active", sequence), nowMs));
            return changes(outputs);
          });
          expect(seen[0]).toEqual(seen[1]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
