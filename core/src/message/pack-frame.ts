// Which of its forms a message takes on the wire, and what of it is compressed.
import { SystoleError, type Authenticator, type Message } from "../ports/index.js";
import { compressFields, wrapPayload } from "./compression/compress-message.js";
import { hasStringForm } from "./encodable.js";
import { MAX_UNCOMPRESSED_BYTES } from "./limits.js";
import { encodeNetstring } from "./netstring-writer.js";
import { sealFrame, sealStringFrame, signInside } from "./seal-frame.js";

export interface PackOptions {
  /** `msgfmt classic`: also sign the fields themselves. */
  readonly innerSignature: boolean;
  /** Prefer the string form, which heartbeat verifies with the key that a signature names. */
  readonly stringForm: boolean;
  /** Compress whole messages larger than this, in bytes, and no single fields (`traditional_compression`). */
  readonly wholeAboveBytes?: number | undefined;
  /** What every medium takes. A message that is larger is compressed as a whole, whatever else is said. */
  readonly maxFrameBytes: number;
}

/**
 * A signed frame of at most `maxFrameBytes`. Throws `FRAME_TOO_LARGE` when compression does not help either, and
 * `MESSAGE_INVALID` as `encodeNetstring` does.
 */
export function packFrame(message: Message, authenticator: Authenticator, options: PackOptions): Uint8Array {
  const classic = options.innerSignature;
  return pack(message, options, classic, {
    whole: (ready) => sealPlain(ready, authenticator, options),
    wrapped: (ready) =>
      sealPlain(wrapPayload(classic ? signInside(ready, authenticator) : ready, classic), authenticator, {
        ...options,
        innerSignature: false,
      }),
  });
}

/** The same without a signature, to be sealed as a whole: a netstring of at most `maxFrameBytes`. Throws as `packFrame` does. */
export function packMessage(
  message: Message,
  options: Pick<PackOptions, "wholeAboveBytes" | "maxFrameBytes">,
): Uint8Array {
  return pack(message, options, false, {
    whole: encodeNetstring,
    wrapped: (ready) => encodeNetstring(wrapPayload(ready, false)),
  });
}

/** How a message becomes bytes as it is, and inside another one, compressed. */
interface Forms {
  readonly whole: (ready: Message) => Uint8Array;
  readonly wrapped: (ready: Message) => Uint8Array;
}

function pack(
  message: Message,
  { wholeAboveBytes, maxFrameBytes }: Pick<PackOptions, "wholeAboveBytes" | "maxFrameBytes">,
  classic: boolean,
  forms: Forms,
): Uint8Array {
  const ready = wholeAboveBytes === undefined ? compressFields(message, classic) : message;
  const isSmall = wholeAboveBytes === undefined || encodeNetstring(ready).length <= wholeAboveBytes;
  const whole = isSmall ? fitting(maxFrameBytes, () => forms.whole(ready)) : undefined;
  if (whole !== undefined) return whole;
  const plainBytes = encodeNetstring(ready).length;
  if (plainBytes > MAX_UNCOMPRESSED_BYTES) throw tooLarge(plainBytes, MAX_UNCOMPRESSED_BYTES);
  const frame = fitting(maxFrameBytes, () => forms.wrapped(ready));
  if (frame === undefined) throw tooLarge(plainBytes, maxFrameBytes);
  return frame;
}

function sealPlain(message: Message, authenticator: Authenticator, options: PackOptions): Uint8Array {
  return options.stringForm && hasStringForm(message)
    ? sealStringFrame(message, authenticator)
    : sealFrame(message, authenticator, options);
}

/** The frame that `seal` makes, or undefined when it is too large. */
function fitting(maxBytes: number, seal: () => Uint8Array): Uint8Array | undefined {
  try {
    const frame = seal();
    return frame.length <= maxBytes ? frame : undefined;
  } catch (error) {
    if (error instanceof SystoleError && error.code === "FRAME_TOO_LARGE") return undefined;
    throw error;
  }
}

function tooLarge(bytes: number, maxBytes: number): SystoleError {
  return new SystoleError(
    "FRAME_TOO_LARGE",
    `A message of ${bytes} bytes is too large for the ${maxBytes} that every medium can carry; send less at once.`,
    { details: { messageBytes: bytes, maxFrameBytes: maxBytes } },
  );
}
