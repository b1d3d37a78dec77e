// No frame that is forged, damaged or of another cluster is believed; one that was heard before changes nothing, nor does what another
// cluster says that has the same key.
import type { Opened } from "@systole/core";
import type { SimulatedCluster } from "../cluster.js";
import type { Frame } from "../frame.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";
import type { Complaints } from "./complaints.js";

/** What was due anyway at this moment, give or take what clocks that drift are rounded by. */
const SOON_MS = 0.01;

export class Strangers implements Observer {
  /** Frames that a node has heard in this life of its on a medium, by what a frame and its copies share. */
  private readonly heard = new WeakMap<Frame["opened"], Set<string>>();
  /** Where the frame came from that is being looked at. */
  private link = "";
  private before: { readonly state: string; readonly heardAtMs: number | undefined } | undefined;

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly complaints: Complaints,
  ) {}

  opened(node: SimNode, frame: Frame, opened: readonly Opened[]): void {
    this.before = undefined;
    this.link = opened.map((one) => (one.ok ? one.link : "")).join(" ");
    if (frame.origin === "replayed" || frame.origin === "stranger") {
      const isDue = node.clock.worldMs(node.engine.deadline()) <= this.cluster.nowMs + SOON_MS;
      const isHeardBefore = this.heard.get(frame.opened)?.has(this.hearing(node)) === true;
      if ((isHeardBefore || frame.origin === "stranger") && !isDue)
        this.before = { state: stateOf(node), heardAtMs: heardAt(node, frame.from) };
      return;
    }
    if (frame.origin !== "genuine" && opened.some(({ ok }) => ok))
      this.complaints.add(
        "strangers",
        this.cluster.nowMs,
        `${node.name} believes a frame that is ${frame.origin}`,
      );
  }

  believed(node: SimNode, frame: Frame): void {
    if (this.before !== undefined && node.alive) {
      const { state, heardAtMs } = this.before;
      const changes = state === stateOf(node) ? undefined : "changes";
      const isNow = heardAt(node, frame.from) === node.clock.atMs(this.cluster.nowMs);
      const what = isNow && heardAt(node, frame.from) !== heardAtMs ? "is a sign of life for" : changes;
      if (what !== undefined)
        this.complaints.add(
          "strangers",
          this.cluster.nowMs,
          frame.origin === "stranger"
            ? `a frame of ${frame.from}, of another cluster, ${what} ${node.name}`
            : `a frame of ${frame.from} that came again ${what} ${node.name}`,
        );
    }
    const hearings = this.heard.get(frame.opened) ?? new Set();
    this.heard.set(frame.opened, hearings.add(this.hearing(node)));
  }

  private hearing({ name, generation }: SimNode): string {
    return `${name} ${generation} ${this.link}`;
  }
}

/** Everything that may not change. When a node was last heard may, for one that was late itself excuses all others. */
function stateOf({ engine }: SimNode): string {
  const { nodes, groups } = engine.view();
  return JSON.stringify([nodes, groups], (key, value: unknown) => (key === "heardAtMs" ? undefined : value));
}

function heardAt({ engine }: SimNode, from: string): number | undefined {
  return engine.view().nodes.find(({ name }) => name === from)?.heardAtMs;
}
