// Nothing that runs here is forgotten: what a node has started it either serves, stops, or tries to; and it leaves with empty hands.
// A heartbeat looks after nothing, and is not looked at.
import type { SimulatedCluster } from "../cluster.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";
import type { Complaints } from "./complaints.js";

const EVERY_MS = 1000;
/** So many looks in a row, so that nothing is called forgotten that is on its way: what cannot be stopped is tried again after 30 s. */
const LOOKS = 33;

export class Forgotten implements Observer {
  private dueMs = 0;
  private readonly looks = new Map<string, number>();

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly complaints: Complaints,
  ) {}

  lived(node: SimNode, what: string): void {
    if (what !== "left" || this.cluster.left.get(node.name) !== true || node.running.size === 0) return;
    this.complaints.add(
      "forgotten",
      this.cluster.nowMs,
      `${node.name} has left, and ${[...node.running].join(", ")} runs there`,
    );
  }

  moment(nowMs: number): void {
    if (nowMs < this.dueMs) return;
    this.dueMs = nowMs + EVERY_MS;
    for (const node of this.cluster.nodes.values()) {
      const busy =
        node.plan.isHeartbeat === true ||
        !node.alive ||
        node.frozen ||
        node.isSlow ||
        node.operations.size > 0;
      const isQuiet = !busy && node.running.size > 0 && this.cluster.failures.size === 0;
      const lost = isQuiet ? this.unowned(node) : [];
      const looks = lost.length === 0 ? 0 : (this.looks.get(node.name) ?? 0) + 1;
      this.looks.set(node.name, looks);
      if (looks === LOOKS)
        this.complaints.add(
          "forgotten",
          nowMs,
          `${node.name} runs ${lost.join(", ")}, and does nothing about it`,
        );
    }
  }

  private unowned(node: SimNode): readonly string[] {
    const owned = node.engine
      .view()
      .groups.filter(({ owner }) => owner === node.name)
      .flatMap(({ resources }) => resources.map(({ name }) => name));
    return [...node.running].filter((name) => !owned.includes(name));
  }
}
