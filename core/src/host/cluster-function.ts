// A node as a function: signed calls bring frames of the other nodes and take back what waits for them, an alarm brings time.
import {
  fitting,
  framesAnswer,
  FRAMES_PURPOSE,
  MAX_EXCHANGED_FRAME_BYTES,
  readFramesCall,
  RefusedCall,
  signedHandler,
  type FramesCall,
} from "../http/index.js";
import type { Clock, Logger, RuntimeName } from "../ports/index.js";
import { createFunctionNode, type FunctionNode, type StateCell } from "../runtime/function/index.js";
import type { ClusterView } from "../engine/index.js";
import { functionModel, type FunctionNodeConfig } from "./function-model.js";
import { InstanceStore, LineLogger, noPrograms } from "./function-services.js";
import { NodeClock } from "./node-clock.js";

export interface ClusterFunctionInit extends FunctionNodeConfig {
  /** What the other nodes call this cluster in their calls. */
  readonly cluster: string;
  /** Signs calls and answers; at least 32 characters, the same as the other nodes have. */
  readonly key: string;
  readonly cell: StateCell;
  readonly runtime: RuntimeName;
  /** Lines of JSON on the console unless given. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Told how long until this node has something to do by itself. */
  readonly wakeIn?: (delayMs: number) => Promise<void>;
  /** What is begun ends before a call is answered: where nothing goes on after the answer. */
  readonly finishesFirst?: boolean;
}

export interface ClusterFunction {
  /** Never rejects. */
  fetch(request: Request): Promise<Response>;
  /** It is time, or about time. Rejects when the state cannot be reached; whoever rings rings again then. */
  alarm(): Promise<void>;
  /** The node, made with the first call. */
  node(): Promise<FunctionNode>;
  /** Stays for so long at most while something that was begun has not ended; with `longer`, for so long in any case. */
  stay(limitMs: number, longer?: boolean): Promise<void>;
  view(): Promise<ClusterView | undefined>;
}

/** Nothing is made, and nothing of the configuration is looked at, before the first call. */
export function clusterFunction(init: ClusterFunctionInit): ClusterFunction {
  const clock = init.clock ?? new NodeClock();
  let made: Promise<FunctionNode> | undefined;
  const node = (): Promise<FunctionNode> => {
    made ??= make(init, clock).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  const stay = async (limitMs: number, longer = false): Promise<void> => {
    const one = await node();
    const untilMs = clock.nowMs() + limitMs;
    const stays = (): boolean => clock.nowMs() < untilMs && (longer || one.busy);
    while (stays()) {
      const nextMs = Math.min(one.dueInMs(), untilMs - clock.nowMs());
      await within(clock, nextMs, longer ? never : one.settled());
      if (one.dueInMs() <= 0) await one.wake();
    }
  };
  const answer = signedHandler({
    purpose: FRAMES_PURPOSE,
    keyOf: (name) => (name === init.cluster ? init.key : undefined),
    // The same call again takes nothing from anybody: frames are numbered, and the engine knows what it has heard.
    calls: false,
    nowMs: () => clock.wallMs(),
    answer: async ({ body }) => {
      const call = readFramesCall(body);
      const others = init.nodes
        .map((name) => name.toLowerCase())
        .filter((name) => name !== init.node.toLowerCase());
      if (call === undefined || !others.includes(call.from))
        throw new RefusedCall(`a call names one of ${others.join(", ")}, and brings frames`);
      return answerTo(call, await node(), async () => {
        if (init.finishesFirst === true) await stay(FINISH_MS);
      });
    },
  });
  return {
    fetch: answer,
    node,
    stay,
    alarm: async () => {
      await (await node()).wake();
    },
    view: async () => (await node()).view(),
  };
}

const never = new Promise<void>(() => undefined);

/** How long an answer waits for what was begun with its call. */
const FINISH_MS = 20_000;

async function answerTo(call: FramesCall, node: FunctionNode, finish: () => Promise<void>): Promise<string> {
  let { life, frames } = await node.receive(call.frames, call.from);
  if (node.busy) {
    await finish();
    ({ life, frames } = node.outgoing() ?? { life, frames });
  }
  const had = call.life === life ? call.had : 0;
  const waiting = frames.filter(({ number }) => number > had);
  // The newest: of what a node has missed, only the end is of use to it.
  const newestFirst = waiting.map(({ bytes }) => Uint8Array.from(bytes)).toReversed();
  const upTo = waiting.at(-1)?.number ?? had;
  return framesAnswer({ life, upTo, frames: fitting(newestFirst).toReversed() });
}

async function make(init: ClusterFunctionInit, clock: Clock): Promise<FunctionNode> {
  // oxlint-disable-next-line no-console -- a function's log is its console
  const logger = init.logger ?? new LineLogger((line) => console.log(line));
  return await createFunctionNode({
    model: functionModel(init),
    plugins: init.plugins.map(({ plugin }) => plugin),
    cell: init.cell,
    maxFrameBytes: MAX_EXCHANGED_FRAME_BYTES,
    host: {
      runtime: init.runtime,
      clock,
      logger,
      store: new InstanceStore(),
      processes: noPrograms,
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    },
    ...(init.wakeIn !== undefined && { wakeIn: init.wakeIn }),
  });
}

/** Until `first` resolves, or `limitMs` are over. */
function within(clock: Clock, limitMs: number, first: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.wakeAt(clock.nowMs() + limitMs, resolve);
    first.then(resolve, reject).finally(cancel);
  });
}
