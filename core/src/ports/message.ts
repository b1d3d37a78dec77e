// A cluster message as plain data. How it looks on the wire is core/message; what it means is core/engine.

/**
 * One field. Text is a byte string: every character is one byte (0..255), so any bytes survive a round trip.
 * `struct` and `uncompressed` nest a message, `list` holds byte strings, `compressed` holds the compressed bytes.
 */
export type Field =
  | { readonly name: string; readonly type: "string"; readonly value: string }
  | { readonly name: string; readonly type: "binary"; readonly value: Uint8Array }
  | { readonly name: string; readonly type: "struct"; readonly value: Message }
  | { readonly name: string; readonly type: "list"; readonly value: readonly string[] }
  | { readonly name: string; readonly type: "compressed"; readonly value: Uint8Array }
  | { readonly name: string; readonly type: "uncompressed"; readonly value: Message };

export type FieldType = Field["type"];

/** An ordered list of fields. Names may repeat: a look-up takes the first. */
export interface Message {
  readonly fields: readonly Field[];
}

/** Value of the first string field of that name. */
export function textField(message: Message, name: string): string | undefined {
  const field = message.fields.find((candidate) => candidate.name === name);
  return field?.type === "string" ? field.value : undefined;
}

/** Value of the first binary field of that name. */
export function binaryField(message: Message, name: string): Uint8Array | undefined {
  const field = message.fields.find((candidate) => candidate.name === name);
  return field?.type === "binary" ? field.value : undefined;
}

/** Builds a message of string fields, in the order of the record. */
export function textMessage(values: Readonly<Record<string, string>>): Message {
  return {
    fields: Object.entries(values).map(([name, value]) => ({ name, type: "string", value })),
  };
}
