// A way to systemd's notification socket. Node has no datagram sockets of the Unix family: koffi calls the C library, and
// where it does not load, the program `systemd-notify` says the same, a few milliseconds later.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";

type Koffi = typeof import("koffi");

export interface NotifySocket {
  /** Lines of `NAME=value`. Returns what went wrong, as a sentence, or undefined. Never waits. */
  send(text: string): string | undefined;
  close(): void;
}

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
/** MSG_DONTWAIT and MSG_NOSIGNAL: a receiver that stands still must not stop this node. */
const FLAGS = 0x40 | 0x4000;
/** `sun_path` of a socket address. */
const LONGEST_PATH_BYTES = 107;
const PROGRAM_TIMEOUT_MS = 5000;

/** Throws where koffi cannot be had; tests replace it. */
export type LoadKoffi = () => Koffi;

const loadKoffi: LoadKoffi = () => createRequire(import.meta.url)("koffi") as Koffi;

/** `path` as `NOTIFY_SOCKET` says it: a file's, or `@` and a name in the abstract namespace. */
export function openNotifySocket(path: string, load: LoadKoffi = loadKoffi): NotifySocket {
  try {
    return openByLibrary(path, load());
  } catch {
    return byProgram(path);
  }
}

function openByLibrary(path: string, koffi: Koffi): NotifySocket {
  const library = koffi.load("libc.so.6");
  const socket = library.func("int socket(int domain, int type, int protocol)") as NumberCall;
  const sendto = library.func(
    "int64_t sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *to, uint32_t toLength)",
  ) as NumberCall;
  const close = library.func("int close(int fd)") as NumberCall;
  const address = unixAddress(path);
  const descriptor = Number(socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0));
  if (descriptor < 0) throw new Error("no socket of the Unix family can be opened");
  return {
    send: (text) => {
      const bytes = new TextEncoder().encode(text);
      const sent = Number(sendto(descriptor, bytes, bytes.length, FLAGS, address, address.length));
      return sent < 0 ? `${path} does not take it (errno ${koffi.errno()})` : undefined;
    },
    close: () => void close(descriptor),
  };
}

type NumberCall = (...args: unknown[]) => number | bigint;

function byProgram(path: string): NotifySocket {
  let problem: string | undefined;
  return {
    // What goes wrong is known at the next one.
    send: (text) => {
      const options = { env: { ...process.env, NOTIFY_SOCKET: path }, timeout: PROGRAM_TIMEOUT_MS };
      execFile("systemd-notify", ["--no-block", ...text.split("\n")], options, (error) => {
        problem = error === null ? undefined : `systemd-notify failed: ${error.message}`;
      });
      return problem;
    },
    close: () => undefined,
  };
}

/** sockaddr_un. A leading zero byte makes it abstract. */
function unixAddress(path: string): Uint8Array {
  const name = new TextEncoder().encode(path.startsWith("@") ? `\0${path.slice(1)}` : path);
  if (name.length > LONGEST_PATH_BYTES) throw new Error(`${path} is too long for a socket`);
  const address = new Uint8Array(2 + name.length + (path.startsWith("@") ? 0 : 1));
  address[0] = AF_UNIX;
  address.set(name, 2);
  return address;
}
