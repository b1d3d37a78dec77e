// Says no to a message that a receiver would refuse, before a byte of it is written.
import { SystoleError, type Field, type Message } from "../ports/index.js";
import { isFieldName } from "./field-code.js";
import { MAX_DEPTH, MAX_PIECES } from "./limits.js";
import { PieceBudget } from "./outcome.js";

/** Throws `MESSAGE_INVALID` for a name that no field can have, for too deep nesting and for too many fields. */
export function assertEncodable(message: Message): void {
  checkFields(message, 0, new PieceBudget(MAX_PIECES));
}

/**
 * True when a message may travel in string form, and therefore carry an inner signature: heartbeat allows no nested and
 * no compressed fields there, and a newline inside a list item would read as the end of a line.
 */
export function hasStringForm(message: Message): boolean {
  return message.fields.every((field) => {
    switch (field.type) {
      case "string":
      case "binary":
        return true;
      case "list":
        return !field.value.some((item) => item.includes("\n"));
      case "struct":
      case "compressed":
      case "uncompressed":
        return false;
    }
  });
}

function checkFields(message: Message, depth: number, budget: PieceBudget): void {
  if (depth > MAX_DEPTH) throw invalid(`A message is nested more than ${MAX_DEPTH} deep; flatten it.`);
  for (const field of message.fields) {
    takePieces(field, budget);
    if (!isFieldName(field.name)) {
      throw invalid(
        `${JSON.stringify(field.name)} cannot be the name of a field: use printable ASCII without "=".`,
      );
    }
    if (field.type === "struct" || field.type === "uncompressed") checkFields(field.value, depth + 1, budget);
  }
}

function takePieces(field: Field, budget: PieceBudget): void {
  const pieces = field.type === "list" ? 1 + field.value.length : 1;
  for (let taken = 0; taken < pieces; taken += 1) {
    if (!budget.take())
      throw invalid(`A message has more than ${MAX_PIECES} fields and list items; send several.`);
  }
}

export function invalid(message: string): SystoleError {
  return new SystoleError("MESSAGE_INVALID", message);
}
