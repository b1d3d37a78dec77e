// A heartbeat process at its start: nobody heard, nothing held.
import type { ResourceAction } from "@systole/core/ports";
import type { Daemon, Peer } from "./daemon.js";
import type { HeartbeatInit } from "./heartbeat-init.js";
import { History } from "./history.js";
import { NONE } from "./hold.js";
import { Jobs } from "./jobs.js";
import { BOUNDS, TIMES } from "./limits.js";
import { Sequence } from "./sequence.js";

export interface Birth {
  readonly generation: number;
  readonly nowMs: number;
  readonly wallMs: number;
  run(resource: string, action: ResourceAction): number;
  say(values: Readonly<Record<string, string>>): void;
}

export function madeDaemon(init: HeartbeatInit, birth: Birth): Daemon {
  const random = dice(init.seed + birth.generation);
  const peer = (name: string): Peer => madePeer(name, init, random);
  const own = peer(init.self);
  own.uuid = init.uuid;
  const names = init.nodes.filter((name) => name !== init.self).slice(0, BOUNDS.nodes);
  return {
    init,
    nice: init.failback !== "legacy",
    generation: birth.generation,
    startedMs: birth.nowMs,
    random,
    own,
    others: names.map(peer),
    history: new History(),
    jobs: new Jobs((resource, action) => birth.run(resource, action)),
    resources: {
      state: "init",
      hold: NONE,
      otherHold: NONE,
      otherStable: false,
      takingOver: false,
      needsFailback: false,
      failbackAtMs: undefined,
      localTakeoverAtMs: undefined,
      standby: undefined,
      lastWord: "all",
      offers: [],
    },
    seq: 0,
    extraDeadMs: TIMES.startExtraDeadMs,
    commUp: false,
    askNodesAtMs: undefined,
    statusAtMs: birth.nowMs,
    pollAtMs: birth.nowMs,
    leaving: undefined,
    healedAtMs: undefined,
    broken: false,
    nowMs: birth.nowMs,
    wallMs: birth.wallMs,
    effects: [],
    say: (values) => birth.say(values),
  };
}

function madePeer(name: string, init: HeartbeatInit, random: () => number): Peer {
  return {
    name,
    status: "init",
    reason: "started",
    uuid: undefined,
    generation: 0,
    heard: false,
    statusAtMs: undefined,
    statusSeq: 0,
    deadAfterMs: init.timings.deadMs,
    released: false,
    sequence: new Sequence(random, init.timings.maxRetransmitDelayMs),
    acked: 0,
    links: new Map(),
    fenceAtMs: undefined,
  };
}

/** The same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = Math.imul(seed | 0, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
