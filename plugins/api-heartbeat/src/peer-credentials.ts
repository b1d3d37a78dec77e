// Who is at the other end of a local socket, as the kernel knows it. Node has no call for it, so the C library is asked.
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { endianness } from "node:os";

type Koffi = typeof import("koffi");

export interface Credentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

export type AskCredentials = (socket: Socket) => Credentials | undefined;

export type CredentialsLoad =
  | { readonly ok: true; readonly ask: AskCredentials }
  | { readonly ok: false; readonly reason: string };

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const UCRED_BYTES = 12;

export function loadCredentials(): CredentialsLoad {
  if (process.platform !== "linux") return { ok: false, reason: `the platform is ${process.platform}` };
  try {
    const koffi = createRequire(import.meta.url)("koffi") as Koffi;
    const getsockopt = koffi
      .load(null)
      .func("int getsockopt(int fd, int level, int name, uint8_t *value, uint32_t *length)") as (
      ...args: unknown[]
    ) => number;
    return { ok: true, ask: (socket) => credentialsOf(socket, getsockopt) };
  } catch (error) {
    return { ok: false, reason: `koffi does not load: ${error instanceof Error ? error.message : error}` };
  }
}

function credentialsOf(socket: Socket, getsockopt: (...args: unknown[]) => number): Credentials | undefined {
  // libuv's handle knows the descriptor; Node shows it to nobody else.
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  const fd = handle?.fd;
  if (fd === undefined || fd < 0) return undefined;
  const value = Buffer.alloc(UCRED_BYTES);
  const length = Buffer.alloc(4);
  const little = endianness() === "LE";
  const read = (at: number): number => (little ? value.readUInt32LE(at) : value.readUInt32BE(at));
  if (little) length.writeUInt32LE(UCRED_BYTES);
  else length.writeUInt32BE(UCRED_BYTES);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length) !== 0) return undefined;
  return { pid: read(0), uid: read(4), gid: read(8) };
}
