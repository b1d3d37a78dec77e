// Reads the body of a request or an answer, but not more of it than is allowed.
import { MAX_BODY_BYTES } from "./limits.js";

/** Undefined when there is more. What is not UTF-8 is replaced, so that its signature fails. */
export async function readBody(
  { body }: Request | Response,
  maxBytes: number = MAX_BODY_BYTES,
): Promise<string | undefined> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > maxBytes) {
      // Not waited for: where the body was cloned, it ends only when the clone does.
      void reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(whole);
}
