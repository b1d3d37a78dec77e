// What this node knows of another one: when it was heard, over which links, and what is still to be said to it.
import type { LinkState, NodeKind, NodeState, NodeView } from "@systole/sdk";
import { Mailbox } from "./mailbox.js";

export class Peer {
  state: NodeState = "init";
  reason = "not heard yet";
  generation = 0;
  heardAtMs: number | undefined;
  readonly mailbox = new Mailbox();
  private readonly links: Map<string, { state: LinkState; heardAtMs: number }>;

  constructor(
    readonly name: string,
    readonly kind: NodeKind,
    links: readonly string[],
    /** Silence after which it is dead. */
    private readonly deadMs: number,
  ) {
    this.links = new Map(links.map((link) => [link, { state: "dead", heardAtMs: -Infinity }]));
  }

  isLive(): boolean {
    return this.state === "up" || this.state === "active" || this.state === "ping";
  }

  /** Returns whether that link has just come up. */
  heard(link: string, nowMs: number): boolean {
    this.heardAtMs = nowMs;
    const known = this.links.get(link);
    if (known === undefined) return false;
    const cameUp = known.state === "dead";
    this.links.set(link, { state: "up", heardAtMs: nowMs });
    return cameUp;
  }

  /** The names of links that have just gone silent. */
  silentLinks(nowMs: number): readonly string[] {
    const silent = [...this.links].filter(
      ([, { state, heardAtMs }]) => state === "up" && nowMs >= heardAtMs + this.deadMs,
    );
    for (const [, link] of silent) link.state = "dead";
    return silent.map(([name]) => name);
  }

  /** When it is dead if nothing is heard until then; Infinity when it is, or was not heard at all yet. */
  deathAtMs(): number {
    return this.state === "dead" || this.heardAtMs === undefined ? Infinity : this.heardAtMs + this.deadMs;
  }

  deadline(): number {
    const live = [...this.links.values()].filter(({ state }) => state === "up");
    return Math.min(this.deathAtMs(), ...live.map(({ heardAtMs }) => heardAtMs + this.deadMs));
  }

  /** Its silence does not count for the time in which this node could not listen. */
  excuse(lateMs: number): void {
    if (this.heardAtMs !== undefined) this.heardAtMs += lateMs;
    for (const link of this.links.values()) link.heardAtMs += lateMs;
  }

  view(): NodeView {
    const { name, kind, state, reason, generation, heardAtMs } = this;
    const links = [...this.links].map(([link, { state: linkState }]) => ({ name: link, state: linkState }));
    return { name, kind, state, reason, generation, dialect: "systole", links, heardAtMs };
  }
}
