// From the first word to `active`: everybody is heard or dead, and one of the others has told who the nodes are.
import { textField, type Message } from "@systole/core/ports";
import { tell, type Daemon } from "./daemon.js";
import { TIMES } from "./limits.js";
import { startResources } from "./resource-layer.js";
import { sayStatus } from "./speaking.js";

/** The first words of a process, in one breath. */
export function firstWords(daemon: Daemon): void {
  daemon.own.status = "init";
  sayStatus(daemon);
  daemon.own.status = "up";
  sayStatus(daemon);
  sayStatus(daemon);
  daemon.statusAtMs = daemon.nowMs + daemon.init.timings.keepaliveMs;
  daemon.pollAtMs = daemon.nowMs + TIMES.pollMs;
}

/** With every poll until the node is active. */
export function join(daemon: Daemon): void {
  if (daemon.own.status !== "up") return;
  if (!daemon.commUp) {
    daemon.commUp = daemon.others.every((peer) => peer.heard || peer.status === "dead");
    if (!daemon.commUp) return;
    tell(daemon, "comm.up", "info");
    daemon.askNodesAtMs = daemon.nowMs;
  }
  if ((daemon.askNodesAtMs ?? Number.POSITIVE_INFINITY) > daemon.nowMs) return;
  const candidate = daemon.others.find((peer) => peer.status !== "dead");
  if (candidate === undefined) return becomeActive(daemon);
  daemon.askNodesAtMs = daemon.nowMs + TIMES.nodeListRetryMs;
  daemon.say({ t: "reqnodes", dest: candidate.name });
}

function becomeActive(daemon: Daemon): void {
  daemon.askNodesAtMs = undefined;
  daemon.own.status = "active";
  sayStatus(daemon);
  startResources(daemon);
}

/** The destination stands before the type, as captured. */
export function heardNodesWanted(daemon: Daemon, from: string): void {
  const nodelist = daemon.init.nodes.map((name) => `${name} `).join("");
  daemon.say({ dest: from, t: "repnodes", nodelist, delnodelist: " " });
}

/** The list itself is not applied: the nodes are as configured. */
export function heardNodes(daemon: Daemon, message: Message): void {
  if (textField(message, "nodelist") === undefined || !daemon.commUp) return;
  if (daemon.own.status === "up") becomeActive(daemon);
}
