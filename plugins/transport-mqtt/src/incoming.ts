// What a message of the broker is, before anybody believes it. Pure.
import { MAX_FRAME_BYTES } from "./limits.js";
import type { Topics } from "./topics.js";

export interface BrokerMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker had kept it: nobody says it now. */
  readonly retained: boolean;
}

/** A node's own words may be among them: MQTT 3.1.1 brings them back. The engine tells them from those of a twin. */
export type Incoming =
  | { readonly kind: "frame"; readonly node: string; readonly bytes: Uint8Array }
  /** The broker says that the connection of that node broke: its will. */
  | { readonly kind: "will"; readonly node: string }
  | { readonly kind: "refused"; readonly node: string; readonly reason: Refusal };

/** As counted among refused frames. */
export type Refusal = "retained" | "oversized" | "foreign-topic";

export function judgeMessage({ topic, payload, retained }: BrokerMessage, topics: Topics): Incoming {
  const node = topics.nodeOf(topic);
  if (node === undefined) return { kind: "refused", node: "the broker", reason: "foreign-topic" };
  if (retained) return { kind: "refused", node, reason: "retained" };
  // A frame is never empty, so an empty message can only be a will.
  if (payload.byteLength === 0) return { kind: "will", node };
  if (payload.byteLength > MAX_FRAME_BYTES) return { kind: "refused", node, reason: "oversized" };
  return { kind: "frame", node, bytes: payload };
}
