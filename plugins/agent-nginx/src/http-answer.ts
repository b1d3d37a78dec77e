// One HTTP request to one address, bounded in time and size: no process is started for it, and no name is looked up.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { Clock } from "@systole/sdk";

export const MAX_BODY_BYTES = 65_536;

export type HttpAnswer =
  | { readonly ok: true; readonly status: number; readonly body: string }
  /** `aborted`: by the caller, so that nothing is known. */
  | { readonly ok: false; readonly aborted: boolean; readonly problem: string };

export interface HttpQuestion {
  readonly url: URL;
  /** Where to connect, whatever the URL's host is. */
  readonly address: string;
  readonly timeoutMs: number;
}

/** GET. Redirects are answers. A certificate is not judged: the address is one of this node, reached from this node. */
export async function askHttp(
  { url, address, timeoutMs }: HttpQuestion,
  clock: Clock,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const deadline = new AbortController();
  const cancel = clock.wakeAt(clock.nowMs() + timeoutMs, () => deadline.abort());
  try {
    return await get(url, address, AbortSignal.any([signal, deadline.signal]));
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const problem = deadline.signal.aborted ? `did not answer within ${timeoutMs} ms` : `failed: ${words}`;
    return { ok: false, aborted: signal.aborted, problem };
  } finally {
    cancel();
  }
}

function get(url: URL, address: string, signal: AbortSignal): Promise<HttpAnswer> {
  const host = url.hostname.replaceAll(/[[\]]/g, "");
  const secure = url.protocol === "https:";
  const options = {
    host: address,
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, connection: "close", "user-agent": "systole" },
    agent: false,
    signal,
  };
  const tls = { rejectUnauthorized: false, ...(isIP(host) === 0 && { servername: host }) };
  return new Promise((resolve, reject) => {
    const heard = (response: IncomingMessage): void => {
      bodyOf(response).then((body) => resolve({ ok: true, status: response.statusCode ?? 0, body }), reject);
    };
    const request = secure ? httpsRequest({ ...options, ...tls }, heard) : httpRequest(options, heard);
    request.on("error", reject);
    request.end();
  });
}

/** Hangs up after `MAX_BODY_BYTES`. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, MAX_BODY_BYTES);
}
