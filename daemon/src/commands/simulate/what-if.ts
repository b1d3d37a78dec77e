// What would happen: the cluster boots, what was asked for is done to it, and then all is put back. Pure: told line by line.
import { Narrator, Outages, type GroupTimes, type Happening, type SimulatedCluster } from "@systole/sim";
import type { Setting } from "./stage.js";
import { describeStep, type TimedStep } from "./steps.js";

export interface GroupEnd {
  readonly group: string;
  /** Whoever runs all of it, and can be reached. */
  readonly servedBy: readonly string[];
  /** As the nodes say. */
  readonly why: string | undefined;
  readonly unservedMs: number;
  readonly twiceMs: number;
}

export interface Act {
  readonly title: string;
  readonly lines: readonly Happening[];
  readonly groups: readonly GroupEnd[];
  /** False: it was not quiet when the time was over. */
  readonly settled: boolean;
  readonly tookMs: number;
}

export interface WhatIf {
  /** Until the cluster was stable. */
  readonly bootMs: number;
  /** Who serves then. */
  readonly atFirst: readonly Pick<GroupEnd, "group" | "servedBy">[];
  /** What is done, and then that it is put back. Times of lines count from the moment at which the cluster was stable. */
  readonly acts: readonly Act[];
  readonly complaint?: string;
}

/** A cluster counts as quiet when nothing has been told for so many deadtimes. */
const QUIET_DEADTIMES = 2;
const SHORTEST_QUIET_MS = 5000;

export function whatIf(setting: Setting, steps: readonly TimedStep[], seed: number): WhatIf {
  const { cluster } = setting.stage(seed);
  for (const name of cluster.names) cluster.start(name);
  const play = new Play(cluster, setting);
  const bootMs = play.boot();
  if (bootMs === undefined)
    return {
      bootMs: cluster.nowMs,
      atFirst: [],
      acts: [],
      complaint: "the cluster does not become stable by itself",
    };
  const atFirst = setting.scene.groups.map(({ key }) => ({ group: key, servedBy: play.servers(key) }));
  return { bootMs, atFirst, acts: [play.misfortune(steps), play.recovery(steps)] };
}

class Play {
  private lines: Happening[] = [];
  private readonly outages: Outages;
  private readonly narrator: Narrator;
  private startMs = 0;
  /** When something was last different. */
  private changedMs = 0;
  private readonly quietMs: number;
  private readonly limitMs: number;

  constructor(
    private readonly cluster: SimulatedCluster,
    { scene }: Setting,
  ) {
    this.quietMs = Math.max(SHORTEST_QUIET_MS, QUIET_DEADTIMES * scene.deadMs);
    this.limitMs = (scene.patienceMs ?? 0) + 10 * scene.deadMs;
    this.outages = new Outages(cluster);
    this.narrator = new Narrator(cluster);
    cluster.observers.push(this.narrator, this.outages);
  }

  /** How long it took; undefined: it never was stable. */
  boot(): number | undefined {
    if (!this.settle()) return undefined;
    this.startMs = this.cluster.nowMs;
    this.narrator.take();
    return this.changedMs;
  }

  servers(group: string): readonly string[] {
    return this.outages.servers(group);
  }

  misfortune(steps: readonly TimedStep[]): Act {
    const before = this.outages.times();
    for (const step of steps) {
      const waitMs = this.startMs + step.atMs - this.cluster.nowMs;
      if (waitMs > 0) this.cluster.run(waitMs);
      this.say(describeStep(step));
      befallStep(this.cluster, step);
      this.outages.moment(this.cluster.nowMs);
    }
    return this.end("What happens", before, 0);
  }

  /** In the same moment: cables, power, daemons, and a standby is over. */
  recovery(steps: readonly TimedStep[]): Act {
    const { cluster } = this;
    const beginMs = cluster.nowMs;
    const before = this.outages.times();
    this.say("everything is put back");
    cluster.heal();
    for (const node of cluster.nodes.values()) if (node.alive && node.frozen) cluster.thaw(node.name);
    for (const node of cluster.nodes.values()) if (!node.alive) cluster.start(node.name);
    for (const { deed, names } of steps) {
      const [name] = names;
      if (deed === "standby" && name !== undefined && cluster.node(name).alive)
        cluster.request(name, "takeover", "local");
    }
    return this.end("When everything is put back", before, beginMs - this.startMs);
  }

  private end(title: string, before: readonly GroupTimes[], beginMs: number): Act {
    const settled = this.settle();
    this.take();
    const { lines } = this;
    this.lines = [];
    const tookMs = Math.max(0, this.changedMs - this.startMs - beginMs);
    return { title, lines, settled, tookMs, groups: this.groups(before) };
  }

  /** Something from outside. */
  private say(what: string): void {
    this.take();
    this.lines.push({ atMs: this.cluster.nowMs - this.startMs, who: "", what });
  }

  private take(): void {
    for (const one of this.narrator.take()) this.lines.push({ ...one, atMs: one.atMs - this.startMs });
  }

  /** Runs until nothing has been different for a while; false: it never was so. */
  private settle(): boolean {
    const { cluster } = this;
    const untilMs = cluster.nowMs + this.limitMs;
    this.changedMs = cluster.nowMs;
    let before = situation(cluster);
    while (cluster.nowMs < untilMs) {
      cluster.run(STEP_MS);
      const now = situation(cluster);
      if (now !== before || !cluster.stable()) this.changedMs = cluster.nowMs;
      before = now;
      if (cluster.nowMs - this.changedMs >= this.quietMs) return true;
    }
    return false;
  }

  private groups(before: readonly GroupTimes[]): readonly GroupEnd[] {
    const { cluster, outages } = this;
    return outages.times().map(({ group, unservedMs, twiceMs }, index) => {
      const servedBy = outages.servers(group);
      const teller =
        servedBy[0] ?? [...cluster.nodes.values()].find(({ alive, frozen }) => alive && !frozen)?.name;
      const view = teller === undefined ? undefined : cluster.view(teller);
      return {
        group,
        servedBy,
        why: view?.groups.find(({ key }) => key === group)?.why,
        unservedMs: unservedMs - (before[index]?.unservedMs ?? 0),
        twiceMs: twiceMs - (before[index]?.twiceMs ?? 0),
      };
    });
  }
}

const STEP_MS = 100;

/** Everything that a person would call a change. */
function situation(cluster: SimulatedCluster): string {
  const nodes = [...cluster.nodes.values()].map(({ alive, powered, running, engine }) => {
    const { nodes: heard, groups } = engine.view();
    const states = heard.map(({ name, state }) => `${name} ${state}`);
    return [alive, powered, [...running], states, groups.map(({ owner, state }) => [owner, state])];
  });
  return JSON.stringify(nodes);
}

function befallStep(cluster: SimulatedCluster, { deed, names }: TimedStep): void {
  const [first = "", second = ""] = names;
  const node = cluster.nodes.get(first);
  switch (deed) {
    case "cut":
      return cluster.cut(first, second);
    case "isolate":
      return cluster.isolate(first);
    case "power-off":
      return cluster.kill(first, true);
    case "kill":
      return cluster.kill(first);
    case "freeze":
      return cluster.freeze(first);
    case "stop":
      return cluster.stop(first);
    case "standby":
      if (node?.alive === true) cluster.request(first, "standby");
  }
}
