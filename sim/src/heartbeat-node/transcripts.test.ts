// The model beside captured packets of the real one: who says what in which order when a node comes, goes, dies, freezes
// and hands over.
import { describe, expect, it } from "vitest";
import { textField, type Failback, type Message } from "@systole/core/ports";
import { Bench, line } from "./bench.js";
import { captured } from "./captured.js";

const MACH_DOWN = "resource rsc_hold=foreign info=mach_down";

/** What each node said, in its order, without what is said all the time and what is only said once more. */
function told(messages: readonly Message[], byNumber: boolean): Record<string, readonly string[]> {
  const noise = new Set(["status", "NS_ackmsg", "NS_rexmit"]);
  const said: Record<string, string[]> = {};
  for (const message of byNumber ? messages.toSorted(earlier) : messages) {
    if (noise.has(textField(message, "t") ?? "")) continue;
    const lines = (said[textField(message, "src") ?? ""] ??= []);
    const next = line(message);
    if (lines.at(-1) === next && next.includes("nodes")) continue;
    // Two children of a takeover run beside each other, and either may end first.
    if (lines.at(-1) === MACH_DOWN && next.includes("req_our")) lines.splice(-1, 0, next);
    else lines.push(next);
  }
  return said;
}

function earlier(left: Message, right: Message): number {
  const number = (message: Message, name: string): number =>
    Number.parseInt(textField(message, name) ?? "0", 16);
  return number(left, "hg") - number(right, "hg") || number(left, "seq") - number(right, "seq");
}

type Act = readonly [phase: string, durationMs: number, act: (cluster: Bench) => void];

interface Chain {
  readonly scenario: string;
  readonly failback: Failback;
  readonly fencing?: boolean;
  /** In the order of the numbers: where a node's word leaves after one that came later. */
  readonly byNumber?: boolean;
  readonly acts: readonly Act[];
}

const coldStart = (cluster: Bench): void => {
  cluster.start("bravo");
  cluster.run(100);
  cluster.start("alpha");
  // They come together, and one of them is the first to have waited long enough.
  cluster.run(3000);
  cluster.network.travelMs = [20, 20.3];
};

const CHAINS: readonly Chain[] = [
  {
    scenario: "md5-bcast",
    failback: "on",
    acts: [
      ["cold-start", 30_000, coldStart],
      ["graceful-stop-alpha", 12_000, (cluster) => cluster.stop("alpha")],
      ["restart-alpha-autofailback", 30_000, (cluster) => cluster.start("alpha")],
      ["hb_standby-all-alpha", 12_000, (cluster) => cluster.request("alpha", "standby", "all")],
      ["hb_takeover-all-alpha", 12_000, (cluster) => cluster.request("alpha", "takeover", "all")],
      ["hb_standby-foreign-alpha", 9000, (cluster) => cluster.request("alpha", "standby", "foreign")],
      ["hb_takeover-local-bravo", 9000, (cluster) => cluster.request("bravo", "takeover", "local")],
      ["graceful-stop-bravo", 5000, (cluster) => cluster.stop("bravo")],
    ],
  },
  {
    scenario: "stonith-crc-ucast",
    failback: "off",
    fencing: true,
    acts: [
      ["cold-start-autofailback-off", 30_000, coldStart],
      [
        "kill-bravo-stonith",
        13_000,
        (cluster) => {
          cluster.kill("bravo", true);
          cluster.switches.set("bravo", "fails");
          cluster.run(9000);
          cluster.switches.clear();
        },
      ],
      ["restart-bravo-afoff", 25_000, (cluster) => cluster.start("bravo")],
      ["graceful-stop-bravo", 12_000, (cluster) => cluster.stop("bravo")],
    ],
  },
  {
    scenario: "misc-late-alone-md5-ucast",
    failback: "off",
    byNumber: true,
    acts: [
      ["alone-start-alpha", 21_800, (cluster) => cluster.start("alpha")],
      ["bravo-joins-later", 20_000, (cluster) => cluster.start("bravo")],
      [
        "sigstop9-bravo sigcont9-bravo",
        40_000,
        (cluster) => {
          cluster.freeze("bravo");
          cluster.run(9000);
          cluster.thaw("bravo");
        },
      ],
    ],
  },
  {
    scenario: "legacy-failback-md5-ucast",
    failback: "legacy",
    acts: [
      [
        "cold-start-legacy",
        12_000,
        (cluster) => {
          cluster.lookMs = 200;
          cluster.start("alpha");
          cluster.run(1350);
          cluster.start("bravo");
        },
      ],
      ["hb_standby-legacy", 8000, (cluster) => cluster.request("alpha", "standby", "all")],
      ["kill-alpha-legacy", 15_000, (cluster) => cluster.kill("alpha", true)],
    ],
  },
];

describe.each(CHAINS)("what was said in $scenario", ({ scenario, failback, fencing, byNumber, acts }) => {
  const payloads = captured(scenario);
  const cluster = new Bench({ seed: 1, failback, fencing: fencing === true });
  cluster.network.travelMs = [300, 300.3];
  it.each(acts)("%s", (phase, durationMs, act) => {
    const sinceMs = cluster.nowMs;
    act(cluster);
    cluster.run(durationMs);
    const said = cluster.said.filter(({ atMs }) => atMs >= sinceMs).map(({ message }) => message);
    const phases = phase.split(" ");
    const theirs = payloads
      .filter(({ name }) => phases.includes(name.split(" ")[1] ?? ""))
      .map(({ message }) => message);
    const how = byNumber === true;
    expect(told(theirs, how)).not.toEqual({});
    expect(told(said, how)).toEqual(told(theirs, how));
  });
});
