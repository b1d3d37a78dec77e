// `systole wire decode`: captured payloads as lines of JSON, judged by the keys of an authkeys file.
import { closeSync, openSync, readSync } from "node:fs";
import { MAX_FRAME_BYTES } from "@systole/core/message";
import { EXIT_CODES } from "../../exit-codes.js";
import { readAuthKeys } from "../../wire/authkeys-file.js";
import { jsonLine } from "../../wire/field-json.js";
import { readFrame } from "../../wire/read-frame.js";
import { WireKeys } from "../../wire/wire-keys.js";
import { harmless, type Terminal } from "../terminal.js";

export interface DecodeOptions {
  readonly authkeys?: string;
  readonly reencode?: boolean;
}

/** `-` for the payload on stdin. */
const STDIN = "-";
const STDIN_DESCRIPTOR = 0;

/**
 * One line a payload, in the order given. Returns 0 when all are frames, verified when there are keys, and the same when
 * encoded again if that was asked; else 1. Throws a `SystoleError` when the keys cannot be used.
 */
export function decode(payloads: readonly string[], options: DecodeOptions, terminal: Terminal): number {
  const keys =
    options.authkeys === undefined ? undefined : new WireKeys(readAuthKeys(options.authkeys, "tool"));
  if (options.reencode === true && keys === undefined) {
    terminal.err.write("systole wire decode: --reencode signs again, so it needs --authkeys.\n");
    return EXIT_CODES.usage;
  }
  let good = true;
  for (const file of payloads) {
    const bytes = readPayload(file);
    if (typeof bytes === "string") {
      terminal.err.write(`systole wire decode: ${harmless(file)} cannot be read: ${bytes}\n`);
      good = false;
      continue;
    }
    const reading = readFrame(bytes, { keys, reencode: options.reencode });
    terminal.out.write(jsonLine({ file, ...reading }));
    good &&= reading.form !== null && reading.verified !== false && reading.same !== false;
  }
  return good ? EXIT_CODES.ok : EXIT_CODES.error;
}

/** At most one byte more than a frame can have: that is enough to see that it is too large. A text says why not. */
function readPayload(file: string): Uint8Array | string {
  let descriptor: number | undefined;
  try {
    descriptor = file === STDIN ? STDIN_DESCRIPTOR : openSync(file, "r");
    const room = Buffer.alloc(MAX_FRAME_BYTES + 1);
    let length = 0;
    for (let count = 1; count > 0 && length < room.length; length += count) {
      count = readSync(descriptor, room, length, room.length - length, null);
    }
    return new Uint8Array(room.subarray(0, length));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (descriptor !== undefined && descriptor !== STDIN_DESCRIPTOR) closeSync(descriptor);
  }
}
