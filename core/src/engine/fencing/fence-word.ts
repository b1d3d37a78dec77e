// heartbeat's word about a fencing, `stonith`. Systole nodes tell each other with it, so that a node is fenced once.
import { textField, textMessage, type Message } from "../../ports/index.js";

export interface FenceWord {
  readonly node: string;
  readonly ok: boolean;
}

export function fenceMessage({ node, ok }: FenceWord): Message {
  return textMessage({ t: "stonith", node, result: ok ? "OK" : "bad" });
}

/** Undefined for other messages, and for results that settle nothing: `n_stnth`, `unneeded`. */
export function readFenceMessage(message: Message): FenceWord | undefined {
  if (textField(message, "t") !== "stonith") return undefined;
  const node = textField(message, "node");
  const result = textField(message, "result");
  if (node === undefined || result === undefined) return undefined;
  if (result === "OK") return { node, ok: true };
  return result === "bad" || result === "badhost" ? { node, ok: false } : undefined;
}
