// The text of key files: a line for each key, `x25519` and the key in base64. What follows it on a line is for people.
import { SystoleError } from "@systole/sdk";
import { MAX_NODE_KEYS, MAX_REVOKED } from "./limits.js";
import { PublicKey, SecretKey } from "./node-key.js";

const KIND = "x25519";
/** As heartbeat's and the system's names of nodes: nothing in it can leave the directory. */
const NODE_NAME = /^[a-z0-9]([a-z0-9._-]{0,253}[a-z0-9])?$/;

export function isNodeName(text: string): boolean {
  return NODE_NAME.test(text);
}

export interface RevokedKey {
  readonly node: string;
  readonly key: PublicKey;
}

export function formatPublicKeys(node: string, keys: readonly PublicKey[]): string {
  const head = `# Public keys of ${node}, the newest last. Copy this file to the other nodes; it holds no secret.\n`;
  return head + keys.map((key) => `${KIND} ${base64(key.bytes)} ${key.id}\n`).join("");
}

export function formatSecretKeys(node: string, keys: readonly SecretKey[]): string {
  const head = `# SECRET key of ${node}, the newest last. It stays on ${node}: copy ${node}.pub instead.\n`;
  return head + keys.map((key) => `${KIND} ${base64(key.expose())} ${key.public.id}\n`).join("");
}

export function formatRevoked(revoked: readonly RevokedKey[]): string {
  const head = "# Keys that are never believed again, whatever the other files say.\n";
  return head + revoked.map(({ node, key }) => `${KIND} ${base64(key.bytes)} ${node}\n`).join("");
}

/** Throws `KEYS_INVALID` with the place, and without a word of the file. */
export function parsePublicKeys(text: string, path: string): readonly PublicKey[] {
  return bounded(
    lines(text).map((line) => keyOf(line, path, (bytes) => new PublicKey(bytes))),
    path,
  );
}

/** Throws as `parsePublicKeys` does. */
export function parseSecretKeys(text: string, path: string): readonly SecretKey[] {
  return bounded(
    lines(text).map((line) => keyOf(line, path, (bytes) => new SecretKey(bytes))),
    path,
  );
}

/** Throws as `parsePublicKeys` does. */
export function parseRevoked(text: string, path: string): readonly RevokedKey[] {
  const revoked = lines(text).map((line) => {
    const [, , node = ""] = line.words;
    if (!isNodeName(node)) throw wrong(path, line, "says no node; write `x25519 KEY NODE`");
    return { node, key: keyOf(line, path, (bytes) => new PublicKey(bytes)) };
  });
  if (revoked.length <= MAX_REVOKED) return revoked;
  throw invalid(`${path} has more than ${MAX_REVOKED} keys; remove the oldest`);
}

interface Line {
  readonly number: number;
  readonly words: readonly string[];
}

function lines(text: string): readonly Line[] {
  return text
    .split("\n")
    .map((line, index) => ({ number: index + 1, words: line.trim().split(/\s+/) }))
    .filter(({ words: [first = ""] }) => first !== "" && !first.startsWith("#"));
}

function keyOf<Key>(line: Line, path: string, make: (bytes: Uint8Array) => Key): Key {
  const [kind, text = ""] = line.words;
  if (kind !== KIND) throw wrong(path, line, `does not begin with ${KIND}`);
  const bytes = Buffer.from(text, "base64");
  if (base64(bytes) !== text) throw wrong(path, line, "holds no key in base64");
  try {
    return make(bytes);
  } catch (cause) {
    throw wrong(path, line, "holds no key of 32 bytes", cause);
  }
}

function bounded<Key>(keys: readonly Key[], path: string): readonly Key[] {
  if (keys.length >= 1 && keys.length <= MAX_NODE_KEYS) return keys;
  const found = keys.length === 0 ? "holds no key" : `holds more than ${MAX_NODE_KEYS} keys`;
  throw invalid(`${path} ${found}; make or copy it again`);
}

function wrong(path: string, { number }: Line, what: string, cause?: unknown): SystoleError {
  return invalid(`${path}:${number}: the line ${what}; copy the file again`, cause);
}

function invalid(message: string, cause?: unknown): SystoleError {
  return new SystoleError("KEYS_INVALID", message, { cause });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
