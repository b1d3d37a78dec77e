// What a broker wants to see, from the files and variables that the configuration names. Only here secrets are read.
import { readFile, stat } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { readSecret, SystoleError, type SecretPlaces } from "@systole/sdk";
import type { Broker } from "./config.js";
import type { Credentials } from "./connection.js";

const READABLE_BY_ALL = 0o004;

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const [text, { mode }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return { text, mode };
  },
};

/** Throws `SECRET_UNREADABLE` with the place, never with what stands there. */
export async function readCredentials({ user, password, ca, cert, key }: Broker): Promise<Credentials> {
  const credentials: Credentials = {
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password: await readSecret(password, places) }),
    ...(ca !== undefined && { ca: await pem(ca) }),
    ...(cert !== undefined && { cert: await pem(cert) }),
    ...(key !== undefined && { key: await secretPem(key) }),
  };
  if (ca === undefined && cert === undefined) return credentials;
  try {
    createSecureContext(credentials);
  } catch (cause) {
    const files = [ca, cert, key].filter((path) => path !== undefined).join(", ");
    throw unreadable(
      `${files} are no usable certificate and key: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
  return credentials;
}

async function pem(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  if (!bytes.includes("-----BEGIN ")) throw unreadable(`${path} is no PEM file: it has no line -----BEGIN`);
  return bytes;
}

async function secretPem(path: string): Promise<Buffer> {
  const bytes = await pem(path);
  if (((await stat(path)).mode & READABLE_BY_ALL) !== 0)
    throw unreadable(`everybody on this machine may read ${path}: chmod 0600 ${path}`);
  return bytes;
}

function unreadable(message: string): SystoleError {
  return new SystoleError("SECRET_UNREADABLE", message);
}
