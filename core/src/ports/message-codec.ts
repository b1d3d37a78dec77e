import type { Message } from "./message.js";
import { token, type Token } from "./token.js";

/** Messages as bytes without a signature, for what speaks heartbeat's format outside the network. */
export interface MessageCodec {
  /**
   * The string form (`>>>` … `<<<`) where it can hold the message, the netstring form otherwise. Throws
   * `MESSAGE_INVALID` for a message that neither can hold.
   */
  encode(message: Message): Uint8Array;
  /** Reads either form; one NUL behind the string form is fine. Undefined when the bytes are no message. Never throws. */
  decode(bytes: Uint8Array): Message | undefined;
}

export const MessageCodec: Token<MessageCodec> = token<MessageCodec>("message-codec", 1);
