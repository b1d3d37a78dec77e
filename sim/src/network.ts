// The network between the nodes: it carries frames, and does to them whatever a network can do.
import type { Carrier } from "@systole/core";
import { frameOf, type Frame } from "./frame.js";
import { SIM_LIMITS } from "./limits.js";
import type { Random } from "./random.js";
import type { Timeline } from "./timeline.js";

/** Shares are of all frames, 0 to 1. */
export interface Weather {
  readonly loss: number;
  readonly duplicates: number;
  readonly corruption: number;
  /** A frame from before comes along with this one. */
  readonly replays: number;
  /** A frame takes this much longer: it comes after later ones. */
  readonly lateShare: number;
  readonly lateMs: number;
}

export const FAIR: Weather = { loss: 0, duplicates: 0, corruption: 0, replays: 0, lateShare: 0, lateMs: 0 };

export interface NetworkInit {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly nodes: readonly string[];
  readonly inOrder: boolean;
  readonly deliver: (to: string, carrier: Carrier, frame: Frame) => void;
}

export class Network {
  /** Directed pairs `from>to` that are cut, on every medium, or on one: `from>to@eth0`. Ping nodes and witnesses count as ends. */
  readonly cuts = new Set<string>();
  weather: Weather = FAIR;
  /** How long a frame takes, in fair weather: at least, and at most. */
  travelMs: readonly [number, number] = [0.2, 0.5];
  /** Frames that were sent, all media and receivers counted by themselves. */
  carried = 0;
  /** When the last frame of `from>to` arrives. */
  private readonly arrivals = new Map<string, number>();
  private readonly remembered: { readonly carrier: Carrier; readonly frame: Frame }[] = [];

  constructor(private readonly init: NetworkInit) {}

  /** Both directions; on one medium only where one is named. */
  cut(left: string, right: string, medium?: string): void {
    const on = medium === undefined ? "" : `@${medium}`;
    this.cuts.add(`${left}>${right}${on}`).add(`${right}>${left}${on}`);
  }

  reaches(from: string, to: string, medium?: string): boolean {
    if (this.cuts.size === 0) return true;
    return (
      !this.cuts.has(`${from}>${to}`) && (medium === undefined || !this.cuts.has(`${from}>${to}@${medium}`))
    );
  }

  send(from: string, carrier: Carrier, bytes: Uint8Array): void {
    const frame = frameOf(from, bytes);
    this.remember(carrier, frame);
    const { probe } = carrier.supports;
    if (probe !== undefined) return this.echo(from, probe, carrier, frame);
    for (const to of this.init.nodes) if (to !== from) this.carry(from, to, carrier, frame);
  }

  private echo(from: string, probe: string, carrier: Carrier, frame: Frame): void {
    if (this.reaches(from, probe) && this.reaches(probe, from) && !this.isLost())
      this.arrive(from, carrier, frame);
  }

  private carry(from: string, to: string, carrier: Carrier, frame: Frame): void {
    if (!this.reaches(from, to, carrier.medium) || this.isLost()) return;
    const { random } = this.init;
    const { weather } = this;
    this.arrive(
      to,
      carrier,
      weather.corruption > 0 && random.chance(weather.corruption) ? this.corrupt(frame) : frame,
    );
    if (weather.duplicates > 0 && random.chance(weather.duplicates)) this.arrive(to, carrier, frame);
    if (weather.replays > 0 && random.chance(weather.replays)) this.replay(to);
  }

  private replay(to: string): void {
    const { carrier, frame } = this.init.random.pick(this.remembered);
    const again = { ...frame, origin: "replayed" } as const;
    if (carrier.supports.probe === undefined && frame.from !== to) this.arrive(to, carrier, again);
  }

  private corrupt(frame: Frame): Frame {
    const { random } = this.init;
    const bytes = Uint8Array.from(frame.bytes);
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return frameOf(frame.from, random.chance(0.2) ? bytes.subarray(0, at) : bytes, "corrupt");
  }

  private isLost(): boolean {
    return this.weather.loss > 0 && this.init.random.chance(this.weather.loss);
  }

  /** A frame is on its way to one node, whoever has sent it. */
  arrive(to: string, carrier: Carrier, frame: Frame): void {
    const { random, timeline, nowMs, deliver, inOrder } = this.init;
    const { lateShare, lateMs } = this.weather;
    const late = lateShare > 0 && random.chance(lateShare) ? random.between(0, lateMs) : 0;
    this.carried += 1;
    const atMs = nowMs() + random.between(...this.travelMs) + late;
    const inTurnMs = inOrder && late === 0 ? this.afterTheLast(`${frame.from}>${to}`, atMs) : atMs;
    timeline.at(inTurnMs, () => deliver(to, carrier, frame));
  }

  private afterTheLast(link: string, atMs: number): number {
    const inTurnMs = Math.max(atMs, this.arrivals.get(link) ?? 0);
    this.arrivals.set(link, inTurnMs);
    return inTurnMs;
  }

  /** One of the last frames of others than `to`, with the medium that carried it; undefined: none is remembered. */
  lastWord(to: string): { readonly carrier: Carrier; readonly frame: Frame } | undefined {
    return this.remembered.findLast(
      ({ carrier, frame }) => carrier.supports.probe === undefined && frame.from !== to,
    );
  }

  private remember(carrier: Carrier, frame: Frame): void {
    if (this.remembered.length < SIM_LIMITS.rememberedFrames) this.remembered.push({ carrier, frame });
    else this.remembered[this.init.random.below(SIM_LIMITS.rememberedFrames)] = { carrier, frame };
  }
}
