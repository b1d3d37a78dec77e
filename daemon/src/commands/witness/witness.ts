// A witness as a program: its secret, its store, its server, and a line for each thing that changes.
import { readFile, stat } from "node:fs/promises";
import { SystoleError } from "@systole/core/ports";
import { readSecret, type SecretPlaces } from "@systole/sdk";
import { listen } from "@systole/sdk/functions/node";
import { clusterKey, keysFrom, witness } from "@systole/witness";
import { LeaseFiles } from "@systole/witness/node";
import { EXIT_CODES } from "../../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { witnessLines } from "./witness-lines.js";

export interface WitnessKeyOptions {
  readonly secretFile?: string;
}

export interface WitnessOptions extends WitnessKeyOptions {
  readonly listen?: string;
  readonly store?: string;
  readonly longestLease: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** What it needs of the process; a test gives its own. */
export interface WitnessSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when it is to end. */
  ended(): Promise<void>;
}

const SECRET = "SYSTOLE_WITNESS_SECRET";
const LISTEN = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/;
const LONGEST_LEASE_S = 600;

const surroundings: WitnessSurroundings = {
  env: process.env,
  ended: () =>
    new Promise((resolve) => {
      process.once("SIGTERM", () => resolve());
      process.once("SIGINT", () => resolve());
    }),
};

/** Serves until it is told to end. */
export async function runWitness(
  options: WitnessOptions,
  terminal: Terminal,
  around: WitnessSurroundings = surroundings,
): Promise<number> {
  const place = LISTEN.exec(options.listen ?? "");
  if (place === null) return wrong(terminal, "--listen HOST:PORT is needed, e.g. --listen 127.0.0.1:8470");
  if (options.store === undefined)
    return wrong(terminal, "--store DIR is needed: without it every restart would be a loss of all leases");
  const longestTtlMs = Number(options.longestLease) * 1000;
  if (!(longestTtlMs >= 1000 && longestTtlMs <= LONGEST_LEASE_S * 1000))
    return wrong(terminal, `--longest-lease is from 1 to ${LONGEST_LEASE_S} seconds`);
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined))
    return wrong(terminal, "--tls-cert and --tls-key go together");
  const secret = await secretOf(options, around);
  const tls = await tlsOf(options);
  const store = await LeaseFiles.open(options.store);
  try {
    const onEvent = witnessLines(terminal);
    const handler = witness({ store, keyOf: keysFrom(secret), longestTtlMs, onEvent });
    const [, address6, address4, port] = place;
    const address = address6 ?? address4 ?? "";
    const server = await listen({ fetch: handler }, { port: Number(port), address, ...(tls && { tls }) });
    terminal.out.write(`witness listens on ${server.url}\n`);
    await around.ended();
    await server.close();
  } finally {
    await store.close();
  }
  return EXIT_CODES.ok;
}

export async function printKey(
  cluster: string,
  options: WitnessKeyOptions,
  terminal: Terminal,
  around: Pick<WitnessSurroundings, "env"> = surroundings,
): Promise<number> {
  const secret = await secretOf(options, around);
  try {
    terminal.out.write(`${await clusterKey(secret, cluster)}\n`);
  } catch (error) {
    return wrong(terminal, error instanceof Error ? error.message : String(error));
  }
  return EXIT_CODES.ok;
}

function wrong(terminal: Terminal, sentence: string): number {
  terminal.err.write(`systole: ${sentence}\n`);
  return EXIT_CODES.usage;
}

async function secretOf(
  { secretFile }: WitnessKeyOptions,
  { env }: Pick<WitnessSurroundings, "env">,
): Promise<string> {
  const places: SecretPlaces = {
    env,
    read: async (path) => ({ text: await readFile(path, "utf8"), mode: (await stat(path)).mode }),
  };
  const secret = await readSecret(secretFile === undefined ? { env: SECRET } : { file: secretFile }, places);
  if (secret.length < 32)
    throw new SystoleError(
      "SECRET_UNREADABLE",
      "the secret of a witness has at least 32 characters: openssl rand -hex 32",
    );
  return secret;
}

async function tlsOf({ tlsCert, tlsKey }: WitnessOptions) {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return { cert: await readFile(tlsCert, "utf8"), key: await readFile(tlsKey, "utf8") };
}
