// Queues, histories and memory stay within their limits: looked at now and then, for it takes a while.
import type { SimulatedCluster } from "../cluster.js";
import { SIM_LIMITS } from "../limits.js";
import type { Observer } from "../observer.js";
import type { Complaints } from "./complaints.js";

const EVERY_MS = 30_000;
/** Of all that an engine remembers, as text: mostly the 500 messages that it keeps for those who have missed them. */
const SNAPSHOT_CHARACTERS = 1_000_000;

export class Bounds implements Observer {
  private dueMs = EVERY_MS;
  longestSnapshot = 0;

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly complaints: Complaints,
  ) {}

  moment(nowMs: number): void {
    if (nowMs < this.dueMs) return;
    this.dueMs = nowMs + EVERY_MS;
    for (const { name, engine, operations, waiting, alive } of this.cluster.nodes.values()) {
      if (!alive) continue;
      const remembered = JSON.stringify(engine.snapshot?.() ?? null);
      const characters = remembered.length + JSON.stringify(engine.view()).length;
      this.longestSnapshot = Math.max(this.longestSnapshot, characters);
      const resources = this.cluster.plan.groups.flatMap((group) => group.resources).length;
      const complain = (what: string): void => this.complaints.add("bounds", nowMs, `${name} ${what}`);
      if (characters > SNAPSHOT_CHARACTERS) complain(`remembers ${characters} characters`);
      if (operations.size > 4 * resources) complain(`waits for ${operations.size} operations`);
      if (waiting > SIM_LIMITS.inbox) complain(`has ${waiting} inputs waiting`);
    }
  }
}
