// The message formats as a service, for plugins that speak them to other programs.
import { decodeMessage, encodeNetstring, encodeString, hasStringForm } from "../message/index.js";
import type { MessageCodec } from "../ports/index.js";

export const messageCodec: MessageCodec = {
  encode: (message) => (hasStringForm(message) ? encodeString(message) : encodeNetstring(message)),
  decode: (bytes) => {
    const decoded = decodeMessage(bytes);
    return decoded.ok ? decoded.message : undefined;
  },
};
