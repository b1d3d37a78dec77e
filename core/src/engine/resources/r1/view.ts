// What the machine shows: who runs what, and why it rests or moves.
import type { NodeView } from "../../../ports/index.js";
import { isLegacy, isSettled, type R1Context } from "./context.js";
import type { R1GroupView, R1View } from "./contract.js";
import { heldText, isLocal, type Held } from "./sets.js";

export function viewOf(ctx: R1Context): R1View {
  const { state, init } = ctx;
  return {
    phase: state.phase,
    stable: state.phase === "shutdown" ? state.released : isSettled(ctx) && state.stops.length === 0,
    why: whyOf(ctx),
    holds: heldText(isLegacy(ctx) ? runningSets(ctx) : state.holds),
    otherHolds: heldText(state.otherHolds),
    otherStable: state.otherStable,
    groups: init.groups.map((group) => groupView(ctx, group.key, group.home)),
  };
}

function runningSets(ctx: R1Context): Held {
  const { groups, self } = { groups: ctx.init.groups, self: ctx.init.self };
  const running = groups.filter((group) => ctx.state.groups.get(group.key) === "started");
  return {
    local: running.some((group) => isLocal(group, self)),
    foreign: running.some((group) => !isLocal(group, self)),
  };
}

function groupView(ctx: R1Context, key: string, home: string): R1GroupView {
  const { state, init } = ctx;
  const own = state.groups.get(key) ?? "unknown";
  // What would not stop is to be stopped again.
  const resists =
    own === "failed" && state.jobs.some((job) => job.action === "release" && job.keys.includes(key));
  const isHere = own === "started" || own === "starting" || own === "stopping" || resists;
  return { key, home, state: own, owner: isHere ? init.self : ownerElsewhere(ctx, home) };
}

function ownerElsewhere(ctx: R1Context, home: string): string | undefined {
  const { state, init, nodes } = ctx;
  const others = nodes.filter((node) => isOther(node, init.self) && node.state === "active");
  const peer = others.find((node) => node.name === home) ?? others[0];
  if (peer === undefined || state.peerLeft) return undefined;
  if (isLegacy(ctx)) return home === peer.name ? peer.name : undefined;
  const claimed = home === init.self ? state.otherHolds.foreign : state.otherHolds.local;
  return claimed ? peer.name : undefined;
}

function isOther(node: NodeView, self: string): boolean {
  return node.kind === "normal" && node.name !== self;
}

function whyOf(ctx: R1Context): string {
  const { state, init } = ctx;
  if (state.released) return "Every group is given up.";
  if (state.phase === "shutdown") return "Giving up every group before leaving.";
  if (state.stops.length > 0) return "Asked to stop; waiting until nothing moves.";
  if (state.fence !== undefined) return `Waiting until ${state.fence.node} is fenced.`;
  switch (state.phase) {
    case "init":
      return "Waiting until this node is active.";
    case "starting":
    case "both-starting":
      return "Waiting for the other node to report what it holds.";
    case "reports-received":
      return "Waiting until the other node is stable, or for ten seconds.";
    case "stable":
      return whyStable(ctx, state.bothOwn !== undefined, init.failback);
  }
}

function whyStable(ctx: R1Context, bothOwn: boolean, failback: string): string {
  const { state } = ctx;
  const busy = state.jobs[0]?.busy;
  if (busy !== undefined) return `Waiting for ${busy} to start or stop.`;
  if (state.standby.kind !== "none") return `A standby of the ${state.standby.set} groups is under way.`;
  if (bothOwn) return "Both nodes claim the same groups; waiting for the other node to let go.";
  if (!isSettled(ctx)) return "The other node is in transition.";
  return `Nothing moves; auto_failback is ${failback}.`;
}
