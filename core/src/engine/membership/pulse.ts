// This node's own signs of life: a status to everybody each keepalive, and a question to every ping node.
import { textMessage, type MembershipInit, type NodeState } from "../../ports/index.js";
import type { Instant, Outbox } from "./outbox.js";
import { hex } from "./wire-values.js";

export class Pulse {
  /** When the next one is due. */
  nextAtMs = 0;
  /** What a status carries beyond the protocol's own fields. */
  published: Readonly<Record<string, string>>;

  constructor(
    private readonly init: MembershipInit,
    private readonly outbox: Outbox,
    private readonly ownState: () => NodeState,
  ) {
    this.published = init.published;
  }

  beat(now: Instant): void {
    const { keepaliveMs } = this.init.timings;
    this.nextAtMs = Math.max(this.nextAtMs + keepaliveMs, now.nowMs + keepaliveMs / 2);
    this.sayStatus(now);
    this.probe(now);
  }

  sayStatus(now: Instant): void {
    const dt = hex(this.init.timings.deadMs);
    const own = { t: "status", st: this.ownState(), dt, protocol: "1" };
    this.outbox.send(textMessage({ ...own, ...this.published }), now);
  }

  private probe(now: Instant): void {
    for (const { name, group } of this.init.pingNodes) {
      const info = group ? "ping_group" : "ping";
      const message = textMessage({ t: "NS_st", st: "ping", info, src: name, ts: hex(now.wallMs / 1000) });
      this.outbox.sendRaw(message, [name]);
    }
  }
}
