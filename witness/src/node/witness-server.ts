// An HTTP server in front of a handler: bounded in connections, sizes and time, since anybody may reach it.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { SERVER_LIMITS } from "./server-limits.js";

export interface WitnessServerInit {
  readonly handler: (request: Request) => Promise<Response>;
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** In PEM. Without them it speaks HTTP, for a proxy in front of it. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface WitnessServer {
  readonly host: string;
  readonly port: number;
  /** Ends connections too. */
  close(): Promise<void>;
}

/** Rejects when it cannot listen there. */
export async function startWitnessServer(init: WitnessServerInit): Promise<WitnessServer> {
  const { headersTimeoutMs, requestTimeoutMs, idleMs, connections, headerBytes } = SERVER_LIMITS;
  const options = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: headerBytes,
  };
  const listener: RequestListener = (incoming, outgoing) => void serve(init.handler, incoming, outgoing);
  const { tls } = init;
  const server = tls ? createTlsServer({ ...options, ...tls }, listener) : createServer(options, listener);
  server.maxConnections = connections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(init.port, init.host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port, close: () => closed(server) };
}

function closed(server: Pick<Server, "close" | "closeAllConnections">): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Whoever goes away in the middle has no answer, and nothing else follows from it. */
async function serve(
  handler: WitnessServerInit["handler"],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const response = await handler(requestOf(incoming));
    // What was not read of a request that was too long is not waited for.
    const headers = incoming.complete ? {} : { connection: "close" };
    outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...headers });
    outgoing.end(await response.text());
  } catch {
    outgoing.destroy();
  }
}

function requestOf(incoming: IncomingMessage): Request {
  const { method = "GET", headers, url = "/" } = incoming;
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] satisfies [string, string]] : [],
  );
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(url, "http://witness.invalid"), {
    method,
    headers: pairs,
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" }),
  });
}
