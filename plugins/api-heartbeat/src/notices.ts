// What clients are told of nodes and links: messages that heartbeat makes itself and never sends to the network. Pure.
import { textMessage, type ClusterHappening, type Message, type NodeKind } from "@systole/sdk";

type Change = Exclude<ClusterHappening, { kind: "message.heard" }>;

/** Undefined: nothing that a client of heartbeat would hear of. */
export function noticeOf(change: Change, kindOfNode: NodeKind, wallMs: number): Message | undefined {
  const ts = Math.floor(wallMs / 1000).toString(16);
  if (change.kind === "link.changed")
    return textMessage({ t: "ifstat", node: change.node, ifname: change.link, st: change.to });
  const { node: src, to } = change;
  switch (to) {
    case "init":
      return undefined;
    case "ping":
      return textMessage({ t: "NS_st", st: "ping", info: "ping", src, ts });
    case "up":
    case "active":
      return textMessage({ t: "status", st: to, protocol: "1", src, seq: "1", ts });
    case "dead": {
      const dead = { t: "status", seq: "1", ts, src, st: "dead" };
      return textMessage(kindOfNode === "ping" ? { ...dead, info: "ping" } : dead);
    }
  }
}
