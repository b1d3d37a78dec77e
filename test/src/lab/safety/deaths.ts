// How often a node has said that its peer is dead, by the logs of all three programs.
import { NODE_NAMES, type Lab } from "../index.js";

const LOGS = ["/var/log/ha-log", "/var/log/daemon.log"];
const WORDS = [
  /node\.changed node=\S+ .*to=dead/g, // Systole
  /node (master|cluster1): is dead$/gm, // heartbeat
  /\(VI\) Entering MASTER STATE/g, // keepalived says it by becoming master
];

export function deaths(lab: Lab): number {
  const text = NODE_NAMES.flatMap((name) => LOGS.map((path) => lab.node(name).read(path))).join("\n");
  return WORDS.reduce((count, word) => count + (text.match(word)?.length ?? 0), 0);
}
