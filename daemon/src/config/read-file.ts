// Reads one configuration file, whatever stands at its path, without following it into a pipe or a gigabyte.
import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

export type FileText =
  | { readonly ok: true; readonly text: string; readonly utf8: boolean; readonly mode: number }
  | { readonly ok: false; readonly missing: boolean; readonly reason: string };

const MAX_FILE_BYTES = 1024 * 1024;

function failure(reason: string, missing = false): FileText {
  return { ok: false, missing, reason };
}

/** UTF-8 where it is valid, else Latin-1, in which a comment with an umlaut may have been written long ago. */
function decode(bytes: Buffer): { text: string; utf8: boolean } {
  const utf8 = isUtf8(bytes);
  return { text: bytes.toString(utf8 ? "utf8" : "latin1"), utf8 };
}

function readDescriptor(descriptor: number): FileText {
  const file = fstatSync(descriptor);
  if (!file.isFile()) return failure("it is not a regular file");
  if (file.size > MAX_FILE_BYTES) return failure(`it is larger than ${MAX_FILE_BYTES} bytes`);
  return { ok: true, ...decode(readFileSync(descriptor)), mode: file.mode };
}

/** Never throws. Permissions are those of the very file that was read. */
export function readConfigFile(path: string): FileText {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return readDescriptor(descriptor);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return failure("there is no such file", true);
    if (code === "EACCES") return failure("this user may not read it");
    return failure(error instanceof Error ? error.message : String(error));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
