// The directory of keys: `node.key` with this node's secret, `NAME.pub` for each node, `revoked`. Files that others could
// read or replace are refused, not warned of.
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SystoleError } from "@systole/sdk";
import {
  formatPublicKeys,
  formatRevoked,
  formatSecretKeys,
  isNodeName,
  parsePublicKeys,
  parseRevoked,
  parseSecretKeys,
  type RevokedKey,
} from "./key-files.js";
import { MAX_KEY_FILE_BYTES, MAX_PEERS } from "./limits.js";
import type { PublicKey, SecretKey } from "./node-key.js";

const SECRET_FILE = "node.key";
const REVOKED_FILE = "revoked";
const PUBLIC_SUFFIX = ".pub";
/** Nobody but the owner. */
const PRIVATE = 0o077;
/** Everybody may read. */
const NOT_WRITABLE = 0o022;

/** Everything that is in the directory. */
export interface NodeKeys {
  readonly own: readonly SecretKey[];
  /** By name, this node too if its file is there. Without revoked keys. */
  readonly nodes: ReadonlyMap<string, readonly PublicKey[]>;
  readonly revoked: readonly RevokedKey[];
}

export class KeyDirectory {
  /** `credential`: a file with the secret key that stands for `node.key`, e.g. one that systemd has decrypted. */
  constructor(
    readonly path: string,
    readonly credential?: string,
  ) {}

  get secretPath(): string {
    return this.credential ?? join(this.path, SECRET_FILE);
  }

  /** Throws `KEYS_INVALID` or `KEYS_PERMISSIONS`. */
  read(): NodeKeys {
    return { own: this.readSecret(), ...this.readPublic() };
  }

  /** The same without the secret: for whoever only looks. */
  readPublic(): Pick<NodeKeys, "nodes" | "revoked"> {
    this.#judgeDirectory();
    const revokedText = readOptional(join(this.path, REVOKED_FILE), NOT_WRITABLE);
    const revoked = revokedText === undefined ? [] : parseRevoked(revokedText, join(this.path, REVOKED_FILE));
    const isRevoked = ({ id }: PublicKey) => revoked.some(({ key }) => key.id === id);
    const names = readdirSync(this.path)
      .filter((name) => name.endsWith(PUBLIC_SUFFIX))
      .map((name) => name.slice(0, -PUBLIC_SUFFIX.length));
    const nodes = new Map<string, readonly PublicKey[]>();
    for (const name of names.filter(isNodeName)) {
      const path = this.#publicPath(name);
      const keys = parsePublicKeys(readOptional(path, NOT_WRITABLE) ?? "", path);
      const usable = keys.filter((key) => !isRevoked(key));
      if (usable.length > 0) nodes.set(name, usable);
    }
    if (nodes.size <= MAX_PEERS) return { nodes, revoked };
    throw new SystoleError(
      "KEYS_INVALID",
      `${this.path} has keys of more than ${MAX_PEERS} nodes; delete some`,
    );
  }

  readSecret(): readonly SecretKey[] {
    const text = readOptional(this.secretPath, PRIVATE);
    if (text !== undefined) return parseSecretKeys(text, this.secretPath);
    const message = `there is no key of this node at ${this.secretPath}; make one with \`systole keys new\``;
    throw new SystoleError("KEYS_INVALID", message);
  }

  hasSecret(): boolean {
    return lstatSync(this.secretPath, { throwIfNoEntry: false }) !== undefined;
  }

  /** The directory is made (0700) if it is missing. Throws `KEYS_INVALID` when it cannot be written. */
  async writeSecret(node: string, keys: readonly SecretKey[]): Promise<void> {
    await this.#write(SECRET_FILE, formatSecretKeys(node, keys), 0o600);
  }

  async writePublic(node: string, keys: readonly PublicKey[]): Promise<void> {
    if (!isNodeName(node)) throw new SystoleError("KEYS_INVALID", `"${node}" cannot be the name of a node`);
    await this.#write(`${node}${PUBLIC_SUFFIX}`, formatPublicKeys(node, keys), 0o644);
  }

  /** From now on none of the node's keys counts. */
  async revoke(node: string): Promise<readonly PublicKey[]> {
    const { nodes, revoked } = this.readPublic();
    const keys = nodes.get(node) ?? [];
    await this.#write(
      REVOKED_FILE,
      formatRevoked([...revoked, ...keys.map((key) => ({ node, key }))]),
      0o644,
    );
    await rm(this.#publicPath(node), { force: true });
    return keys;
  }

  #publicPath(node: string): string {
    return join(this.path, `${node}${PUBLIC_SUFFIX}`);
  }

  #judgeDirectory(): void {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    if (found === undefined)
      throw new SystoleError("KEYS_INVALID", `there is no ${this.path}; make it with \`systole keys new\``);
    if (!found.isDirectory()) throw unsafe(this.path, "is not a directory", "make one of your own there");
    judge(this.path, found, NOT_WRITABLE);
  }

  /** A power cut at any moment leaves the old file or the new one. */
  async #write(name: string, text: string, mode: number): Promise<void> {
    const path = join(this.path, name);
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      await rm(`${path}.new`, { force: true });
      const file = await open(`${path}.new`, "wx", mode);
      try {
        await file.chmod(mode);
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      const directory = await open(dirname(path), "r");
      await directory.sync().finally(() => directory.close());
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SystoleError("KEYS_INVALID", `${path} cannot be written: ${reason}`, { cause });
    }
  }
}

/** Undefined when there is no such file. `forbidden`: the permissions that nobody else may have. */
function readOptional(path: string, forbidden: number): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw unsafe(path, "is a symbolic link", "put the file itself there");
    throw new SystoleError("KEYS_INVALID", `${path} cannot be read: ${String(code)}`, { cause });
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw unsafe(path, "is not a regular file", "delete it");
    judge(path, found, forbidden);
    if (found.size > MAX_KEY_FILE_BYTES)
      throw new SystoleError("KEYS_INVALID", `${path} is larger than ${MAX_KEY_FILE_BYTES} bytes`);
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

function judge(
  path: string,
  found: { readonly uid: number; readonly mode: number },
  forbidden: number,
): void {
  const own = process.geteuid?.();
  if (found.uid !== own && found.uid !== 0)
    throw unsafe(path, `belongs to user ${found.uid}`, `run \`chown ${own} ${path}\``);
  if ((found.mode & forbidden) === 0) return;
  const octal = (found.mode & 0o777).toString(8).padStart(4, "0");
  const who = forbidden === PRIVATE ? "can be read by others" : "can be replaced by others";
  const advice = forbidden === PRIVATE ? `chmod 600 ${path}` : `chmod go-w ${path}`;
  throw unsafe(path, `${who} (mode ${octal})`, `run \`${advice}\``);
}

function unsafe(path: string, what: string, advice: string): SystoleError {
  return new SystoleError("KEYS_PERMISSIONS", `${path} ${what}; ${advice}`);
}
