/** A served function, or any handler of requests, on a machine of one's own. Node only. @packageDocumentation */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { MAX_BODY_BYTES } from "@systole/core/http";

export interface ListenOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly address?: string;
  /** In PEM. Without them it speaks HTTP, and TLS is the business of what stands before it. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Anybody may reach it. */
const BOUNDS = {
  connectionsCheckingInterval: 1000,
  headersTimeout: 5000,
  /** From the first byte of a request to its last. */
  requestTimeout: 15_000,
  /** A connection on which nothing more is asked. */
  keepAliveTimeout: 30_000,
  maxHeaderSize: 8192,
};
/** A further one is closed at once. */
const MAX_CONNECTIONS = 1024;

export interface ListeningFunction {
  /** Without a path. */
  readonly url: string;
  /** Cuts every connection: whoever waits for an answer asks again. */
  close(): Promise<void>;
}

/** Resolves when it listens; rejects when it cannot. */
export async function listen(
  served: { fetch(request: Request): Promise<Response> },
  { port, address = "127.0.0.1", tls }: ListenOptions,
): Promise<ListeningFunction> {
  const asked = (incoming: IncomingMessage, outgoing: ServerResponse): void =>
    void answer(served, incoming, outgoing);
  const server = tls ? createTlsServer({ ...BOUNDS, ...tls }, asked) : createServer(BOUNDS, asked);
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return {
    url: `${tls ? "https" : "http"}://${host}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  served: { fetch(request: Request): Promise<Response> },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const body = await bodyOf(incoming);
    const response = await served.fetch(requestOf(incoming, body));
    // What is left of a body that is too long is not read.
    const close = body.length > MAX_BODY_BYTES ? { connection: "close" } : {};
    outgoing
      .writeHead(response.status, { ...Object.fromEntries(response.headers), ...close })
      .end(await response.text());
  } catch {
    // Cut off in the middle of a body, or a request that is none.
    outgoing.writeHead(400, { connection: "close" }).end();
  }
}

/** Its bytes, but not many more than a call may have. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function requestOf({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): Request {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] satisfies [string, string]] : [],
  );
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${headers.host ?? "function.invalid"}${url}`, {
    method,
    headers: sent,
    ...(hasBody && { body: new Uint8Array(body) }),
  });
}
