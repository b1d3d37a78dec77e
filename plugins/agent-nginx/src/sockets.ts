// The listening sockets of this network namespace, as the kernel lists them, and whether one of ours accepts.
import { open, type FileHandle } from "node:fs/promises";
import { connect, isIP } from "node:net";
import { endianness } from "node:os";
import { canonicalAddress, type Listen } from "./listen.js";

/** A socket somebody listens on. `inode` is how /proc/PID/fd names it. */
export type OpenSocket =
  | { readonly kind: "tcp"; readonly address: string; readonly port: number; readonly inode: string }
  | { readonly kind: "unix"; readonly path: string; readonly inode: string };

const CHUNK_BYTES = 65_536;
/** A host with more unix sockets than fit here does not get its last ones looked at. */
const MAX_UNIX_BYTES = 16_777_216;
const LISTEN_STATE = "0A";
const ACCEPTING_FLAG = 0x10000;
const CONNECT_MS = 250;
const FAILURES: Readonly<Record<string, Acceptance>> = {
  EADDRNOTAVAIL: "unknown",
  EAFNOSUPPORT: "unknown",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unknown",
  ENETUNREACH: "unknown",
};
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Every listening TCP socket, and the unix ones when `withUnix`. */
export async function openSockets(withUnix: boolean): Promise<readonly OpenSocket[]> {
  const [four, six, unix] = await Promise.all([
    linesWhile("/proc/net/tcp", isListening, Infinity),
    linesWhile("/proc/net/tcp6", isListening, Infinity),
    withUnix ? linesWhile("/proc/net/unix", () => true, MAX_UNIX_BYTES) : [],
  ]);
  return [...[...four, ...six].flatMap(parseTcpLine), ...unix.flatMap(parseUnixLine)];
}

/** True when a connection to `listen` ends at `socket`. */
export function serves(socket: OpenSocket, listen: Listen): boolean {
  if (socket.kind === "unix") return listen.kind === "unix" && socket.path === listen.path;
  if (listen.kind === "unix" || socket.port !== listen.port) return false;
  // Only nginx knows which address it took for a name.
  if (isIP(listen.host) === 0) return true;
  if (isIP(socket.address) !== isIP(listen.host)) return false;
  return socket.address === listen.host || WILDCARDS.has(socket.address);
}

/** True when nginx cannot open `listen` because of `socket`. */
export function blocks(socket: OpenSocket, listen: Listen): boolean {
  if (serves(socket, listen)) return listen.kind === "unix" || isIP(listen.host) !== 0;
  return (
    socket.kind === "tcp" &&
    listen.kind === "tcp" &&
    socket.port === listen.port &&
    WILDCARDS.has(listen.host) &&
    isIP(socket.address) === isIP(listen.host)
  );
}

/** `refused`: nobody listens. `unknown`: this host has no way to itself, e.g. its loopback interface is down. */
export type Acceptance = "yes" | "no" | "refused" | "unknown";

/** Connects, and hangs up at once. */
export function accepts(listen: Listen): Promise<Acceptance> {
  return new Promise((resolve) => {
    const socket = connect(
      listen.kind === "unix" ? { path: listen.path } : { host: reachable(listen.host), port: listen.port },
    );
    const settle = (answer: Acceptance): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle("no"), CONNECT_MS);
    socket.once("connect", () => settle("yes"));
    socket.on("error", (cause: NodeJS.ErrnoException) => settle(FAILURES[cause.code ?? ""] ?? "no"));
  });
}

function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** The kernel lists the listening sockets first, so a busy server's connections need not be read. */
function isListening(line: string): boolean {
  return line.trim().split(/\s+/, 4)[3] === LISTEN_STATE;
}

/** Lines of a table without its heading, as long as `wanted` says so. A missing file has none. */
async function linesWhile(
  path: string,
  wanted: (line: string) => boolean,
  maxBytes: number,
): Promise<readonly string[]> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return [];
  const lines: string[] = [];
  try {
    let rest = "";
    let heading = true;
    for await (const text of chunks(file, maxBytes)) {
      const complete = (rest + text).split("\n");
      rest = complete.pop() ?? "";
      for (const line of heading ? complete.slice(1) : complete) {
        if (!wanted(line)) return lines;
        lines.push(line);
      }
      heading = false;
    }
    return lines;
  } finally {
    await file.close();
  }
}

async function* chunks(file: FileHandle, maxBytes: number): AsyncGenerator<string> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let total = 0; total < maxBytes;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    total += bytesRead;
    yield buffer.toString("latin1", 0, bytesRead);
  }
}

function parseTcpLine(line: string): readonly OpenSocket[] {
  const fields = line.trim().split(/\s+/, 10);
  const [address = "", port = ""] = (fields[1] ?? "").split(":");
  const inode = fields[9];
  if (inode === undefined) return [];
  return [{ kind: "tcp", address: addressOf(address), port: Number.parseInt(port, 16), inode }];
}

/** Hexadecimal words in the byte order of this machine. */
export function addressOf(hex: string): string {
  const words = Buffer.from(hex, "hex");
  if (endianness() === "LE") words.swap32();
  if (words.length === 4) return words.join(".");
  const groups = words.toString("hex").match(/.{4}/g) ?? [];
  return canonicalAddress(groups.join(":"));
}

function parseUnixLine(line: string): readonly OpenSocket[] {
  const match = /^\S+ \S+ \S+ (\S+) \S+ \S+\s+(\d+) (.+)$/.exec(line);
  const [, flags, inode, path] = match ?? [];
  if (flags === undefined || inode === undefined || path === undefined) return [];
  return (Number.parseInt(flags, 16) & ACCEPTING_FLAG) === 0 ? [] : [{ kind: "unix", path, inode }];
}
