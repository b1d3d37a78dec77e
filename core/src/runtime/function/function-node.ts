// A node that lives in a function: in memory only while it is called, and in its cell otherwise. Each call loads, steps and saves,
// and only then does what was decided; whoever loses a race for the cell begins again with what the winner has left.
import { claimsPolicy, type ClusterView, type EngineInput } from "../../engine/index.js";
import { PlainTable } from "../../di/service-table.js";
import { Transport, type Message, type Plugin } from "../../ports/index.js";
import { servicesOf, type ClusterHost } from "../cluster-host.js";
import { mediaOf } from "../cluster-media.js";
import { hostService } from "../composition.js";
import { composeEngine } from "../engine-composition.js";
import type { Media } from "../media.js";
import type { ClusterModel } from "../model.js";
import { compositionOf } from "../model-composition.js";
import { composeInto, type ComposedPlugins } from "../plugin-composer.js";
import { Deeds } from "./deeds.js";
import { FUNCTION_LIMITS } from "./limits.js";
import { Mailbox, withFrames } from "./mailbox.js";
import { packState, unpackState, type NodeState, type WaitingFrame } from "./node-state.js";
import type { StateCell } from "./state-cell.js";
import { takeTurn, type TurnInit } from "./turn.js";

export interface FunctionNodeInit {
  readonly model: ClusterModel;
  readonly plugins: readonly Plugin[];
  readonly host: ClusterHost;
  readonly cell: StateCell;
  /** Largest frame that a call can carry. */
  readonly maxFrameBytes: number;
  /** Told after every turn how long until the next is due by itself, if it ever is. Resolved before its call is answered. */
  readonly wakeIn?: (delayMs: number) => Promise<void>;
}

/** What waits for the other nodes. */
export interface Outgoing {
  /** Of this numbering. */
  readonly life: string;
  readonly frames: readonly WaitingFrame[];
}

/** Composes the node; its plugins' parts are started with the first call. Throws `SystoleError` with every problem. */
export async function createFunctionNode(init: FunctionNodeInit): Promise<FunctionNode> {
  const mailbox = new Mailbox(init.maxFrameBytes);
  const transport = hostService(Transport, mailbox, mailbox.medium);
  const services = [...servicesOf(init.host), transport];
  const composed = await composeInto(
    new PlainTable(),
    compositionOf(init.model, init.plugins, init.host.runtime, services, claimsPolicy),
  );
  await composed.start(new AbortController().signal);
  return new FunctionNode(init, composed, mailbox);
}

export class FunctionNode {
  private readonly media: Media;
  private readonly deeds: Deeds;
  private readonly configuration: string;
  private heard: EngineInput[] = [];
  private lastView: ClusterView | undefined;
  private lastOutgoing: Outgoing | undefined;
  private dueAtMs = Number.POSITIVE_INFINITY;
  /** Turns of this instance, one after the other. */
  private line: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly init: FunctionNodeInit,
    private readonly composed: ComposedPlugins,
    private readonly mailbox: Mailbox,
  ) {
    const { model, host } = init;
    this.configuration = configurationOf(model);
    this.deeds = new Deeds({ model, host, composed, done: (input, life) => this.done(input, life) });
    this.media = mediaOf(model, composed, {
      received: (link, message) => this.heard.push({ kind: "frame.received", link, message }),
      event: (event) => this.deeds.tell(event),
    });
  }

  /** Takes in frames of another node. Throws when the cell cannot be reached, or others were faster too often. */
  async receive(frames: readonly Uint8Array[], from: string): Promise<Outgoing> {
    this.heard = [];
    this.mailbox.deliver(frames, from);
    const { heard } = this;
    return await this.turn(heard, undefined);
  }

  /** It is time, or somebody thinks so. */
  wake(): Promise<Outgoing> {
    return this.turn([], undefined);
  }

  /** As it was after the last turn of this instance; undefined when there was none. */
  view(): ClusterView | undefined {
    return this.lastView;
  }

  /** What waited after the last turn of this instance. */
  outgoing(): Outgoing | undefined {
    return this.lastOutgoing;
  }

  /** Something that this instance has begun has not ended. */
  get busy(): boolean {
    return this.deeds.busy;
  }

  /** Resolves when everything that this instance has begun has ended and is saved. */
  settled(): Promise<void> {
    return this.deeds.settled();
  }

  /** How long until something is due, as of the last turn of this instance. */
  dueInMs(): number {
    return Math.max(0, this.dueAtMs - this.init.host.clock.nowMs());
  }

  /** What came of a deed is another turn. One that cannot be saved is found to be unanswered when its time is over. */
  private async done(input: EngineInput, life: number): Promise<void> {
    try {
      await this.turn([input], life);
    } catch (error) {
      this.init.host.logger.error("state.write-failed", {
        name: this.init.model.self,
        reason: String(error),
      });
    }
  }

  private turn(inputs: readonly EngineInput[], ofLife: number | undefined): Promise<Outgoing> {
    const next = this.line.then(() => this.saved(inputs, ofLife));
    this.line = next.catch(() => undefined);
    return next;
  }

  /** Loads, steps, saves; then does. Effects of a turn that could not be saved never were. */
  private async saved(inputs: readonly EngineInput[], ofLife: number | undefined): Promise<Outgoing> {
    const { cell, host, model, wakeIn } = this.init;
    for (let attempt = 0; attempt < FUNCTION_LIMITS.conflicts; attempt += 1) {
      const held = await cell.load();
      const before = held === undefined ? undefined : await unpackState(held.bytes);
      if (held !== undefined && before === undefined)
        host.logger.error("state.unreadable", { name: model.self });
      const turn = takeTurn({ ...this.turnOf(before, inputs), ofLife });
      if (!(await cell.save(await packState(turn.state), held?.version))) {
        host.logger.debug("state.conflict", { attempt });
        continue;
      }
      this.lastView = turn.engine?.view();
      this.dueAtMs = host.clock.nowMs() + turn.nextInMs;
      const { generation, frames } = turn.state;
      this.lastOutgoing = { life: String(generation), frames };
      for (const effect of turn.effects) this.deeds.perform(effect, generation);
      if (Number.isFinite(turn.nextInMs)) await wakeIn?.(turn.nextInMs);
      return { life: String(generation), frames };
    }
    throw new Error(`${model.self}: others have saved first, ${FUNCTION_LIMITS.conflicts} times`);
  }

  private turnOf(before: NodeState | undefined, inputs: readonly EngineInput[]): TurnInit {
    const { model, host } = this.init;
    return {
      before,
      inputs,
      wallMs: host.clock.wallMs(),
      configuration: this.configuration,
      newUuid: () => host.randomBytes(16),
      engineOf: ({ generation, uuid, policy, nodes }) =>
        composeEngine({
          model,
          composed: this.composed,
          identity: { generation, uuid: Uint8Array.from(uuid) },
          restored: { policy, nodes, fencing: undefined },
          fits: (message: Message) => this.media.fits(message),
          seedBytes: host.randomBytes(4),
        }),
      post: (state, effects) => {
        for (const effect of effects)
          if (effect.kind === "frame.send") this.media.send(effect.message, effect.links);
        return withFrames(
          state,
          this.mailbox.take(),
          FUNCTION_LIMITS.frameKeepalives * model.timings.keepaliveMs,
        );
      },
    };
  }
}

/** What a life is bound to; the keys of plugins are no part of it. */
function configurationOf(model: ClusterModel): string {
  const { plugins, ...rest } = model;
  return JSON.stringify({ ...rest, plugins: plugins.map(({ use }) => use) });
}
