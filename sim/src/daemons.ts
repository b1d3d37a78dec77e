// How what happens reaches the daemons: at once, late where a machine is slow, and not before it wakes up where it stands still.
import type { Carrier } from "@systole/core";
import type { EngineInput } from "@systole/core/engine";
import type { SimulatedCluster } from "./cluster.js";
import { perform } from "./deeds.js";
import type { Frame } from "./frame.js";
import type { SimNode } from "./node.js";
import type { Random } from "./random.js";
import type { Timeline } from "./timeline.js";

export class Daemons {
  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly timeline: Timeline,
    private readonly chance: Random,
  ) {}

  /** An input for a node: taken at once, later by a slow one, and when it wakes up by one that stands still. */
  offer(node: SimNode, input: EngineInput): void {
    this.attend(node, () => this.step(node, input));
  }

  deliver(to: string, carrier: Carrier, frame: Frame): void {
    const node = this.cluster.nodes.get(to);
    if (node !== undefined) this.attend(node, () => this.hear(node, carrier, frame));
  }

  private hear(node: SimNode, carrier: Carrier, frame: Frame): void {
    if (!node.alive) return;
    const opened = node.open(frame, carrier);
    for (const observer of this.cluster.observers) observer.opened?.(node, frame, opened);
    for (const one of opened) {
      if (one.ok) this.step(node, { kind: "frame.received", link: one.link, message: one.message });
      else node.refused.set(one.reason, (node.refused.get(one.reason) ?? 0) + 1);
    }
    for (const observer of this.cluster.observers) observer.believed?.(node, frame);
  }

  private attend(node: SimNode, run: () => void): void {
    if (!node.alive) return;
    if (node.frozen) return node.keep(run);
    if (!node.isSlow) return run();
    // It is given time now and then, and takes everything then that has come meanwhile.
    if (node.busyUntilMs <= this.cluster.nowMs)
      node.busyUntilMs = this.cluster.nowMs + this.chance.next() * node.slowMs;
    const { generation } = node;
    this.timeline.at(node.busyUntilMs, () => {
      if (node.generation !== generation) return;
      if (node.frozen) node.keep(run);
      else run();
    });
  }

  step(node: SimNode, input: EngineInput): void {
    if (!node.alive) return;
    if (node.frozen) return node.keep(() => this.step(node, input));
    const { clock } = node;
    const effects = node.engine.step(input, clock.atMs(this.cluster.nowMs), clock.wallMs(this.cluster.nowMs));
    for (const effect of effects) perform(this.cluster, node, effect);
    node.dueMs = clock.worldMs(node.engine.deadline());
    for (const observer of this.cluster.observers) observer.stepped?.(node, input, effects);
  }

  /** When something happens next. */
  nextAtMs(): number {
    let next = this.timeline.nextAtMs();
    for (const node of this.cluster.nodes.values())
      if (node.alive && !node.frozen) next = Math.min(next, node.dueMs);
    return next;
  }

  /** Everything that is due now. */
  runDue(): void {
    for (
      let run = this.timeline.take(this.cluster.nowMs);
      run !== undefined;
      run = this.timeline.take(this.cluster.nowMs)
    )
      run();
    for (const node of this.cluster.nodes.values()) {
      if (!node.alive || node.frozen || node.dueMs > this.cluster.nowMs) continue;
      // A slow node is woken once, late.
      node.dueMs = Number.POSITIVE_INFINITY;
      this.offer(node, { kind: "tick" });
    }
  }
}
