// Fields as JSON for people and programs: everything is ASCII, so no packet can move a terminal's cursor.
import type { Field, Message } from "@systole/core/ports";

/**
 * `[type, name, value]`. Types: 0 text, 1 binary, 2 struct, 3 list, 4 compressed, 5 uncompressed. Text has one character
 * per byte, binary and compressed values are hex, a nested message is an array of fields.
 */
export type FieldJson = readonly [number, string, string | readonly string[] | readonly FieldJson[]];

export function fieldsJson(message: Message): readonly FieldJson[] {
  return message.fields.map(fieldJson);
}

function fieldJson(field: Field): FieldJson {
  switch (field.type) {
    case "string":
      return [0, field.name, field.value];
    case "binary":
      return [1, field.name, hex(field.value)];
    case "struct":
      return [2, field.name, fieldsJson(field.value)];
    case "list":
      return [3, field.name, field.value];
    case "compressed":
      return [4, field.name, hex(field.value)];
    case "uncompressed":
      return [5, field.name, fieldsJson(field.value)];
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** One line of JSON in ASCII, with its newline. */
export function jsonLine(value: unknown): string {
  const ascii = JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${ascii}\n`;
}
