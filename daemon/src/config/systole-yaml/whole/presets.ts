// Times that fit together, by the kind of network: a newcomer chooses one word instead of six numbers.
import type { MembershipTimings } from "@systole/core/ports";
import { HEARTBEAT_TIMES, type TimeDefaults } from "../../ha-cf/timings.js";

export const PRESET_NAMES = ["lan", "vm", "cloud", "wan", "heartbeat"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export interface Preset {
  readonly times: Pick<MembershipTimings, "keepaliveMs" | "warnMs" | "deadMs" | "initialDeadMs"> & {
    readonly maxRetransmitDelayMs: number;
  };
  /** Why these, one sentence. */
  readonly reason: string;
}

/** In the order in which tables show them: keepalive, warntime, deadtime, initdead, retransmit. */
export function timesInOrder({ times }: Preset): readonly number[] {
  return [times.keepaliveMs, times.warnMs, times.deadMs, times.initialDeadMs, times.maxRetransmitDelayMs];
}

/** Where nothing is said. */
export const DEFAULT_PRESET: PresetName = "lan";

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  lan: {
    times: {
      keepaliveMs: 200,
      warnMs: 800,
      deadMs: 2000,
      initialDeadMs: 10_000,
      maxRetransmitDelayMs: 250,
    },
    reason:
      "machines of your own on one switch: a busy one is late by a tenth of a second, not by one; ten signs of life have to be lost",
  },
  vm: {
    times: {
      keepaliveMs: 500,
      warnMs: 2000,
      deadMs: 5000,
      initialDeadMs: 20_000,
      maxRetransmitDelayMs: 250,
    },
    reason:
      "virtual machines: moving one to another host stops it for up to 3 s; a snapshot may stop it longer, which a node notices of itself",
  },
  cloud: {
    times: {
      keepaliveMs: 1000,
      warnMs: 4000,
      deadMs: 10_000,
      initialDeadMs: 30_000,
      maxRetransmitDelayMs: 500,
    },
    reason:
      "machines of a provider: neighbours steal time and networks pause for seconds, and an address moves by a call that takes seconds itself",
  },
  wan: {
    times: {
      keepaliveMs: 2000,
      warnMs: 8000,
      deadMs: 20_000,
      initialDeadMs: 60_000,
      maxRetransmitDelayMs: 1000,
    },
    reason:
      "sites far apart: a route that breaks needs ten seconds and more until another one is found, and what is lost is asked for after a round trip",
  },
  heartbeat: {
    times: {
      keepaliveMs: HEARTBEAT_TIMES.keepaliveMs,
      warnMs: HEARTBEAT_TIMES.deadMs / 2,
      deadMs: HEARTBEAT_TIMES.deadMs,
      initialDeadMs: HEARTBEAT_TIMES.deadMs,
      maxRetransmitDelayMs: 250,
    },
    reason:
      "heartbeat's own defaults, for a configuration that was converted; slower than any network needs today",
  },
};

/** What holds where `timings` says nothing: of times that hang on deadtime the preset's, unless deadtime is another one. */
export function presetTimes(name: PresetName): TimeDefaults {
  const { keepaliveMs, deadMs, warnMs, initialDeadMs } = PRESETS[name].times;
  if (name === "heartbeat") return HEARTBEAT_TIMES;
  return {
    keepaliveMs,
    deadMs,
    warnMs: (dead) => (dead === deadMs ? warnMs : Math.round(dead / 2)),
    initialDeadMs: (dead) => Math.max(initialDeadMs, dead),
  };
}
