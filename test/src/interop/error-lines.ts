// What heartbeat complained about: the ERROR and CRIT lines of its log, without what differs from run to run.
import type { LabNode } from "../lab/index.js";

const LOG = "/var/log/ha-log";

/** What this kind of machine makes the heartbeat on `self` say, whoever its peer is. */
const ofTheMachine = (self: string): readonly RegExp[] => [
  /Cannot lock ourselves into memory/,
  // Its own scripts write to it in several pieces, and on a busy machine it reads one alone.
  /msg2string: Message with zero fields/,
  // It starts to ping before it listens: about the gateway, not about its peer.
  /Late heartbeat: Node \d+\.\d+\.\d+\.\d+:/,
  // Its own scripts took longer than deadtime for what a leaving node had given up: it has found that node dead meanwhile.
  new RegExp(`Ignored standby message 'done' from ${self} in state`),
];

/** Remembers how much of the log was read. */
export class ErrorLines {
  private readCharacters = 0;

  constructor(private readonly node: LabNode) {}

  /** The kinds of complaint since the last call. Empty while the node runs Systole. */
  fresh(): readonly string[] {
    const text = this.node.read(LOG);
    const added = text.slice(this.readCharacters);
    this.readCharacters = text.length;
    const lines = added
      .split("\n")
      .filter((line) => /heartbeat: \[\d+\]: (ERROR|CRIT|EMERG):|ERROR:/.test(line));
    const mattering = lines.filter((line) => !ofTheMachine(this.node.name).some((known) => known.test(line)));
    return [...new Set(mattering.map(kindOf))];
  }
}

/** A line without its time, numbers and names. */
export function kindOf(line: string): string {
  return line
    .replace(/^.*?(ERROR|CRIT|EMERG):\s*/, "$1: ")
    .replaceAll(/\b(master|cluster1)\b/g, "NODE")
    .replaceAll(/\b0x[0-9a-f]+\b|\b[0-9a-f]*\d[0-9a-f]*\b/g, "N");
}
