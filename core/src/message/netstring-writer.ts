// Writes the netstring form, without a trailer.
import type { Field, Message } from "../ports/index.js";
import { ByteWriter } from "./byte-writer.js";
import { assertEncodable } from "./encodable.js";
import { typePrefix } from "./field-code.js";
import { writeList } from "./list-text.js";
import { NETSTRING_END, NETSTRING_START } from "./netstring-reader.js";

/**
 * The unsigned netstring form: the bytes that a trailer signs. Throws `MESSAGE_INVALID` for a message that no receiver
 * would accept: a bad field name, too deep, too many fields, or a text that is no byte string.
 */
export function encodeNetstring(message: Message): Uint8Array {
  assertEncodable(message);
  const writer = new ByteWriter();
  writeMessage(writer, message);
  return writer.finish();
}

function writeMessage(writer: ByteWriter, message: Message): void {
  writer.text(NETSTRING_START);
  for (const field of message.fields) writeField(writer, field);
  writer.text(NETSTRING_END);
}

function writeField(writer: ByteWriter, field: Field): void {
  const head = `${typePrefix(field)}${field.name}=`;
  if (field.type === "string") {
    writer.text(`${head.length + field.value.length}:${head}${field.value},`);
    return;
  }
  const value = valueBytes(field);
  writer.text(`${head.length + value.length}:${head}`);
  writer.bytes(value);
  writer.text(",");
}

function valueBytes(field: Exclude<Field, { type: "string" }>): Uint8Array {
  switch (field.type) {
    case "binary":
    case "compressed":
      return field.value;
    case "list": {
      const writer = new ByteWriter();
      writeList(writer, field.value);
      return writer.written();
    }
    case "struct":
    case "uncompressed": {
      const writer = new ByteWriter();
      writeMessage(writer, field.value);
      return writer.written();
    }
  }
}
