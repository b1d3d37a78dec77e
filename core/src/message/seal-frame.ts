// From a message to signed bytes for the network.
import { SystoleError, type Authenticator, type Message } from "../ports/index.js";
import { ByteWriter } from "./byte-writer.js";
import { hasStringForm, invalid } from "./encodable.js";
import { SIGNATURE_FIELD } from "./field-code.js";
import { MAX_FRAME_BYTES } from "./limits.js";
import { encodeNetstring } from "./netstring-writer.js";
import { encodeString, signedLines } from "./string-writer.js";

export interface SealOptions {
  /** Also sign the fields themselves, in an `auth` field, when the message has a string form (`msgfmt classic`). */
  readonly innerSignature: boolean;
}

/**
 * The netstring form with its trailer. An `auth` field that the message has is replaced. Throws `MESSAGE_INVALID` as
 * `encodeNetstring` does, `FRAME_TOO_LARGE` beyond `MAX_FRAME_BYTES`.
 */
export function sealFrame(message: Message, authenticator: Authenticator, options: SealOptions): Uint8Array {
  const bare = withoutSignature(message);
  const inner = options.innerSignature && hasStringForm(bare);
  const body = encodeNetstring(inner ? withSignature(bare, authenticator) : bare);
  const signature = authenticator.sign(body);
  const writer = new ByteWriter();
  writer.bytes(body);
  writer.text(`${signature.length}:${signature},`);
  return bounded(writer.finish());
}

/**
 * The string form with its `auth` line, without a final NUL. An `auth` field that the message has is replaced. Throws
 * `MESSAGE_INVALID` unless `hasStringForm`, `FRAME_TOO_LARGE` beyond `MAX_FRAME_BYTES`.
 */
export function sealStringFrame(message: Message, authenticator: Authenticator): Uint8Array {
  const bare = withoutSignature(message);
  if (!hasStringForm(bare)) {
    throw invalid("A message with nested or compressed fields has no string form; send a netstring.");
  }
  return bounded(encodeString(withSignature(bare, authenticator)));
}

/** The message with its inner signature, where it can have one. */
export function signInside(message: Message, authenticator: Authenticator): Message {
  const bare = withoutSignature(message);
  return hasStringForm(bare) ? withSignature(bare, authenticator) : bare;
}

function withSignature(bare: Message, authenticator: Authenticator): Message {
  const value = authenticator.sign(signedLines(bare));
  return { fields: [...bare.fields, { name: SIGNATURE_FIELD, type: "string", value }] };
}

function withoutSignature(message: Message): Message {
  return { fields: message.fields.filter((field) => field.name !== SIGNATURE_FIELD) };
}

function bounded(frame: Uint8Array): Uint8Array {
  if (frame.length <= MAX_FRAME_BYTES) return frame;
  throw new SystoleError(
    "FRAME_TOO_LARGE",
    `A message of ${frame.length} bytes is larger than the ${MAX_FRAME_BYTES} that a frame can have; send less at once.`,
    { details: { frameBytes: frame.length, maxFrameBytes: MAX_FRAME_BYTES } },
  );
}
