// Everything that this node says leaves through here: it is numbered, stamped, and kept for who misses it.
import { textField, type MembershipInit, type MembershipOutput, type Message } from "../../ports/index.js";
import { History } from "./history.js";
import { isUnsequenced, stamped } from "./wire-values.js";

export class Outbox {
  readonly history = new History();
  private sequence = 0;
  private outputs: MembershipOutput[] = [];

  constructor(
    private readonly init: MembershipInit,
    private readonly uuidOf: (node: string) => Uint8Array | undefined,
    private readonly nodeCount: () => number,
    private readonly ownUuid: () => Uint8Array | undefined,
  ) {}

  /** Highest number given to a message. */
  highest(): number {
    return this.sequence;
  }

  /** Says something to all, or to `to`; `links` restricts it to some media. */
  send(message: Message, now: Instant, to?: string): void {
    const type = textField(message, "t") ?? "";
    const sequenced = !isUnsequenced(type);
    if (sequenced) this.sequence += 1;
    const complete = stamped(to === undefined ? message : addressed(message, to), {
      source: this.init.self,
      uuid: this.ownUuid(),
      destinationUuid: to === undefined ? undefined : this.uuidOf(to),
      sequence: sequenced ? this.sequence : undefined,
      generation: this.init.generation,
      wallMs: now.wallMs,
      ttl: this.init.hopFudge + this.nodeCount(),
    });
    if (this.init.fits?.(complete) === false) {
      if (sequenced) this.sequence -= 1;
      return this.event("message.too-large", "error", { type, to, advice: "send less at once" });
    }
    if (sequenced) this.history.add(this.sequence, complete, now.nowMs);
    this.emit({ kind: "message.send", message: complete });
  }

  /** Sends a message as it is: one from the history, or the probe of a ping node. */
  sendRaw(message: Message, links?: readonly string[]): void {
    this.emit({ kind: "message.send", message, ...(links === undefined ? {} : { links }) });
  }

  emit(output: MembershipOutput): void {
    this.outputs.push(output);
  }

  event(
    name: string,
    level: "debug" | "info" | "warn" | "error",
    fields: Readonly<Record<string, unknown>>,
  ): void {
    this.emit({ kind: "event", event: { name, level, fields } });
  }

  drain(): readonly MembershipOutput[] {
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }
}

/** One moment on both clocks: monotonic for deciding, wall for what is written into messages. */
export interface Instant {
  readonly nowMs: number;
  readonly wallMs: number;
}

// The addressee stands right after the type, where heartbeat puts it.
function addressed(message: Message, to: string): Message {
  const [first, ...rest] = message.fields;
  const destination = { name: "dest", type: "string", value: to } as const;
  return { fields: first === undefined ? [destination] : [first, destination, ...rest] };
}
