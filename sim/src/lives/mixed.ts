// Lives of mixed pairs: one of two nodes runs heartbeat 3.0.6. Only what a heartbeat can live through befalls it, and what is around
// them is what both know: nothing, or fencing.
import type { Random } from "../random.js";
import type { Fault, Misfortune } from "./fault.js";
import type { Scene } from "./scene.js";

/** The same scene for two, one of whom is a heartbeat. */
export function mixedScene(scene: Scene, random: Random): Scene {
  const nodes = scene.nodes.slice(0, 2);
  const failback = random.pick(["on", "off", "legacy"] as const);
  // With legacy a heartbeat that starts takes what is at home there, whether the other is fenced or not.
  const around = scene.around === "fencing" && failback !== "legacy" ? "fencing" : "nothing";
  return { ...scene, nodes, around, failback, heartbeats: [random.pick(nodes)] };
}

/** What of a schedule the cluster of a scene can live through; what it cannot is replaced by what it can. */
export function bearable(schedule: readonly Misfortune[], scene: Scene): readonly Misfortune[] {
  if (scene.heartbeats === undefined) return schedule;
  return schedule.map(({ afterMs, fault }) => ({ afterMs, fault: bearableFault(fault, scene) }));
}

function bearableFault(fault: Fault, { heartbeats = [], failback }: Scene): Fault {
  // After its restart a heartbeat believes whatever was said to its former life.
  if (fault.kind === "weather") return { ...fault, weather: { ...fault.weather, replays: 0 } };
  // With legacy it asks once for what it wants back, and never learns that the other could not stop it.
  if (fault.kind === "agent" && failback === "legacy") return { kind: "agents-well" };
  if (!("node" in fault) || !heartbeats.includes(fault.node)) return fault;
  switch (fault.kind) {
    // A heartbeat that is killed leaves everything running for good, with nobody who takes its addresses away.
    case "kill":
      return { kind: "power-off", node: fault.node };
    // It does not watch what it runs, and does not try again what failed.
    case "crash":
    case "agent":
      return { kind: "agents-well" };
    // Its file of generations is all that it has, and what cannot be read is as good as lost.
    case "tear-disk":
      return { kind: "lose-disk", node: fault.node };
    default:
      return fault;
  }
}
