// Asks etcd over connections of its own: with the certificates that the configuration names, and answers bounded in size.
import { readFile, stat } from "node:fs/promises";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as SecureAgent, request as httpsRequest } from "node:https";
import { createSecureContext } from "node:tls";
import { readSecret, SystoleError, type SecretPlaces } from "@systole/sdk";
import { EtcdGateway } from "@systole/witness/etcd-gateway";
import type { EtcdConfig } from "./config.js";
import type { EtcdDoor } from "./etcd-quorum.js";
import { MAX_ANSWER_BYTES, MAX_CONNECTIONS } from "./limits.js";

export const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

/** Throws `SECRET_UNREADABLE` with the place, never with what stands there. */
export async function openDoor(
  { endpoints, user, password, tls }: EtcdConfig,
  from = places,
): Promise<EtcdDoor> {
  const kept = { keepAlive: true, maxSockets: MAX_CONNECTIONS, maxFreeSockets: MAX_CONNECTIONS };
  const plain = new Agent(kept);
  const secure = new SecureAgent({ ...kept, ...(await certificates(tls)) });
  const gateway = new EtcdGateway({
    endpoints,
    ...(user !== undefined &&
      password !== undefined && { user: { name: user, password: await readSecret(password, from) } }),
    fetch: (url, init) => post(new URL(url), init, { plain, secure }),
  });
  const close = (): void => {
    plain.destroy();
    secure.destroy();
  };
  return { ask: (path, body, signal) => gateway.ask(path, body, signal), close };
}

interface Agents {
  readonly plain: Agent;
  readonly secure: SecureAgent;
}

function post(
  url: URL,
  { headers, body, signal }: RequestInit,
  { plain, secure }: Agents,
): Promise<Response> {
  const text = typeof body === "string" ? body : "";
  const length = String(Buffer.byteLength(text));
  const options = {
    method: "POST",
    headers: { ...(headers as Record<string, string> | undefined), "content-length": length },
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    const heard = (answer: IncomingMessage): void => {
      const respond = (bytes: string): Response => new Response(bytes, { status: answer.statusCode ?? 500 });
      textOf(answer).then(respond).then(resolve, reject);
    };
    const isSecure = url.protocol === "https:";
    const request = isSecure
      ? httpsRequest(url, { ...options, agent: secure }, heard)
      : httpRequest(url, { ...options, agent: plain }, heard);
    request.on("error", reject);
    request.end(text);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`etcd's answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

async function certificates(tls: EtcdConfig["tls"] = {}): Promise<Parameters<typeof createSecureContext>[0]> {
  const { ca, cert, key } = tls;
  const read = async (path: string): Promise<string> => (await secretless(path)).text;
  const made = {
    ...(ca !== undefined && { ca: await read(ca) }),
    ...(cert !== undefined && { cert: await read(cert) }),
    ...(key !== undefined && { key: await readSecret({ file: key }, places) }),
  };
  try {
    createSecureContext(made);
    return made;
  } catch (cause) {
    const files = [ca, cert, key].filter((path) => path !== undefined).join(", ");
    throw unusable(`${files} are no usable certificate and key`, cause);
  }
}

function secretless(path: string): ReturnType<SecretPlaces["read"]> {
  return places.read(path).catch((cause: unknown) => {
    throw unusable(`${path} cannot be read`, cause);
  });
}

function unusable(what: string, cause: unknown): SystoleError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SystoleError("SECRET_UNREADABLE", `${what}: ${reason}`, { cause });
}
