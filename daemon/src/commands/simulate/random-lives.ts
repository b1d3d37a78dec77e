// Random misfortunes, life after life: what was worst for users, and what was never to be. Each life is one seed.
import type { Authenticator } from "@systole/core/ports";
import {
  faultLine,
  live,
  Narrator,
  Outages,
  Random,
  randomSchedule,
  type Complaint,
  type Happening,
  type Span,
} from "@systole/sim";
import { SIMULATE_LIMITS } from "./limits.js";
import type { Setting } from "./stage.js";

export interface WorstSpan extends Span {
  readonly seed: number;
  readonly lastsMs: number;
}

export interface LifeComplaint extends Complaint {
  readonly seed: number;
}

export interface Findings {
  readonly lives: number;
  readonly simulatedMs: number;
  readonly frames: number;
  readonly misfortunes: Readonly<Record<string, number>>;
  /** Nobody served, although a node was well. */
  readonly worstOutage: WorstSpan | undefined;
  readonly livesWithTwo: number;
  readonly worstTwice: WorstSpan | undefined;
  /** What this configuration promises and did not hold: the first few. */
  readonly complaints: readonly LifeComplaint[];
  readonly livesWithComplaints: number;
}

/** A life is signed as the configuration says; what a scene would sign with is used by nobody. */
const NOBODYS: Authenticator = {
  supports: { keyed: false },
  sign: () => "",
  verify: () => ({ ok: false, reason: "mismatch" }),
};

export class RandomLives {
  private lives = 0;
  private simulatedMs = 0;
  private frames = 0;
  private readonly misfortunes = new Map<string, number>();
  private worstOutage: WorstSpan | undefined;
  private worstTwice: WorstSpan | undefined;
  private livesWithTwo = 0;
  private livesWithComplaints = 0;
  private readonly complaints: LifeComplaint[] = [];

  constructor(private readonly setting: Setting) {}

  /** One life more; with `tell` it is told line by line. */
  live(seed: number, tell?: (line: Happening) => void): void {
    const seen: { outages?: Outages; narrator?: Narrator } = {};
    const { scene, stage } = this.setting;
    const random = new Random(seed);
    const { complaints, simulatedMs, frames, faults } = live({
      scene,
      schedule: randomSchedule(random, scene),
      seed: random.seed(),
      authenticator: NOBODYS,
      stage: (_scene, lifeSeed) => stage(lifeSeed),
      observers: (cluster) => {
        seen.outages = new Outages(cluster);
        if (tell !== undefined) seen.narrator = new Narrator(cluster);
        return seen.narrator === undefined ? [seen.outages] : [seen.narrator, seen.outages];
      },
      befell: ({ nowMs }, fault) => {
        seen.outages?.moment(nowMs);
        const happenings = seen.narrator?.take() ?? [];
        // What it does at once comes behind it.
        for (const one of happenings) if (one.atMs < nowMs) tell?.(one);
        tell?.({ atMs: nowMs, who: "", what: faultLine(fault) });
        for (const one of happenings) if (one.atMs >= nowMs) tell?.(one);
      },
    });
    for (const one of seen.narrator?.take() ?? []) tell?.(one);
    this.lives += 1;
    this.simulatedMs += simulatedMs;
    this.frames += frames;
    for (const [kind, count] of faults) this.misfortunes.set(kind, (this.misfortunes.get(kind) ?? 0) + count);
    if (complaints.length > 0) this.livesWithComplaints += 1;
    for (const one of complaints)
      if (this.complaints.length < SIMULATE_LIMITS.complaints) this.complaints.push({ ...one, seed });
    this.judge(seed, seen.outages);
  }

  findings(): Findings {
    const { lives, simulatedMs, frames, worstOutage, worstTwice, livesWithTwo } = this;
    return {
      lives,
      simulatedMs,
      frames,
      misfortunes: Object.fromEntries([...this.misfortunes].toSorted(([one], [two]) => (one < two ? -1 : 1))),
      worstOutage,
      livesWithTwo,
      worstTwice,
      complaints: this.complaints,
      livesWithComplaints: this.livesWithComplaints,
    };
  }

  private judge(seed: number, outages: Outages | undefined): void {
    const times = outages?.times() ?? [];
    for (const { longestOutage, longestTwice } of times) {
      this.worstOutage = worse(this.worstOutage, longestOutage, seed);
      this.worstTwice = worse(this.worstTwice, longestTwice, seed);
    }
    if (times.some(({ twiceMs }) => twiceMs > 0)) this.livesWithTwo += 1;
  }
}

function worse(known: WorstSpan | undefined, span: Span | undefined, seed: number): WorstSpan | undefined {
  if (span === undefined) return known;
  const lastsMs = span.toMs - span.fromMs;
  return known !== undefined && known.lastsMs >= lastsMs ? known : { ...span, seed, lastsMs };
}
