// A function on a plain server of Node: how it runs on one's own machine, behind nothing but node:http.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type FunctionHost, fetchAt } from "./host.js";

/** More than any test sends; what is longer is refused as a gateway would. */
const MOST_BODY_BYTES = 6 * 1024 * 1024;

/** Serves `handler` on 127.0.0.1, any free port. What it throws is a 500 with the error's text. */
export async function startNodeHost(
  handler: (request: Request) => Response | Promise<Response>,
): Promise<FunctionHost> {
  const server = createServer((incoming, outgoing) => {
    void serve(handler, incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    name: "node",
    url,
    fetch: fetchAt(url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  handler: (request: Request) => Response | Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const body = await bodyOf(incoming);
    if (body === undefined) {
      outgoing.writeHead(413).end();
      return;
    }
    const response = await handler(requestOf(incoming, body));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  } catch (error) {
    if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": "text/plain" });
    outgoing.end(String(error));
  }
}

/** Undefined when it is too long. */
export async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function requestOf(incoming: IncomingMessage, body: Buffer): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] satisfies [string, string]],
  );
  return new Request(new URL(url, "http://127.0.0.1"), {
    method,
    headers: pairs,
    ...(method !== "GET" && method !== "HEAD" && { body: new Uint8Array(body) }),
  });
}
