// Writes the string form, which is also the text that the inner signature covers.
import type { Field, Message } from "../ports/index.js";
import { encodeBase64 } from "./base64.js";
import { ByteWriter } from "./byte-writer.js";
import { assertEncodable, invalid } from "./encodable.js";
import { SIGNATURE_FIELD, typePrefix } from "./field-code.js";
import { writeList } from "./list-text.js";
import { NEWLINE, STRING_END, STRING_START, TEXT_NEWLINE, nestedNewline } from "./string-lines.js";

const TEXT_NEWLINE_CHARACTER = String.fromCharCode(TEXT_NEWLINE);

/**
 * The string form of a message, with its `auth` field if it has one. A newline in a text becomes 0x13, and so a 0x13
 * comes back as a newline. Throws `MESSAGE_INVALID` as `encodeNetstring` does, and for what this form cannot hold: a
 * field of type `uncompressed`, a newline in a list, and in a nested message the byte that stands for its newlines.
 */
export function encodeString(message: Message): Uint8Array {
  assertEncodable(message);
  const writer = new ByteWriter();
  writeMessage(writer, message, 0);
  return writer.finish();
}

/** What the inner signature covers: the lines of all fields but `auth`, without the marks. Throws as `encodeString` does. */
export function signedLines(message: Message): Uint8Array {
  assertEncodable(message);
  const writer = new ByteWriter();
  for (const field of message.fields) {
    if (field.name !== SIGNATURE_FIELD) writeLine(writer, field, 0);
  }
  return writer.finish();
}

function writeMessage(writer: ByteWriter, message: Message, depth: number): void {
  writer.text(STRING_START);
  for (const field of message.fields) writeLine(writer, field, depth);
  writer.text(STRING_END);
}

function writeLine(writer: ByteWriter, field: Field, depth: number): void {
  if (field.type === "string") {
    writer.text(`${field.name}=${field.value.replaceAll("\n", TEXT_NEWLINE_CHARACTER)}\n`);
    return;
  }
  writer.text(`${typePrefix(field)}${field.name}=`);
  const start = writer.length;
  switch (field.type) {
    case "binary":
    case "compressed":
      writer.text(encodeBase64(field.value));
      break;
    case "list":
      writeList(writer, field.value);
      refuseByte(writer, start, NEWLINE);
      break;
    case "struct":
      writeNested(writer, field.value, depth + 1);
      break;
    case "uncompressed":
      throw invalid(
        `The field "${field.name}" waits for compression and has no string form; send a netstring.`,
      );
  }
  writer.text("\n");
}

function writeNested(writer: ByteWriter, child: Message, depth: number): void {
  const substitute = nestedNewline(depth) ?? NEWLINE;
  const start = writer.length;
  writeMessage(writer, child, depth);
  refuseByte(writer, start, substitute);
  writer.replaceFrom(start, NEWLINE, substitute);
}

function refuseByte(writer: ByteWriter, start: number, byte: number): void {
  if (writer.written().indexOf(byte, start) >= 0) {
    throw invalid(`The string form cannot hold the byte ${byte} there; send a netstring.`);
  }
}
