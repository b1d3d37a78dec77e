// Compresses as heartbeat's two ways do: fields that ask for it, or a whole message inside another. Always with zlib.
import { deflate } from "#deflate";
import { textField, type Field, type Message } from "../../ports/index.js";
import { hasStringForm } from "../encodable.js";
import { encodeNetstring } from "../netstring-writer.js";
import { encodeString } from "../string-writer.js";
import { ALGORITHM_FIELD, PAYLOAD_FIELD } from "./names.js";

const ALGORITHM = "zlib";

/** The message with every field of type `uncompressed` compressed. `classic` as in `msgfmt classic`. */
export function compressFields(message: Message, classic: boolean): Message {
  if (message.fields.every(({ type }) => type !== "uncompressed")) return message;
  const named = textField(message, ALGORITHM_FIELD);
  // One name stands for all fields: beside bytes that another algorithm made, a field has to stay plain.
  if (named !== undefined && named !== ALGORITHM) return message;
  const fields = message.fields.map((field): Field => {
    if (field.type !== "uncompressed") return field;
    return { name: field.name, type: "compressed", value: deflate(serialised(field.value, classic)) };
  });
  return { fields: named === ALGORITHM ? fields : [...fields, algorithmField] };
}

/** A message whose only content is the whole of another one. */
export function wrapPayload(message: Message, classic: boolean): Message {
  const value = deflate(serialised(message, classic));
  return { fields: [{ name: PAYLOAD_FIELD, type: "binary", value }, algorithmField] };
}

const algorithmField: Field = { name: ALGORITHM_FIELD, type: "string", value: ALGORITHM };

/** String form as a C string, where it may be; heartbeat reads either. */
function serialised(message: Message, classic: boolean): Uint8Array {
  if (!classic || !hasStringForm(message)) return encodeNetstring(message);
  const text = encodeString(message);
  const terminated = new Uint8Array(text.length + 1);
  terminated.set(text);
  return terminated;
}
