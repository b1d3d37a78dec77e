// The few functions of the C library that the native back end calls, through koffi.
import { createRequire } from "node:module";
import { endianness } from "node:os";
import { isMainThread } from "node:worker_threads";

type Koffi = typeof import("koffi");

/**
 * System calls. Each answers like the kernel itself: zero or more on success, the negated errno on failure. All
 * return at once but `receive` on a socket without SOCK_NONBLOCK.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer): number;
  setOption(fd: number, level: number, option: number, value: Buffer): number;
  /** Attaches a classic BPF program (8 bytes an instruction): what it does not accept never reaches the socket. */
  attachFilter(fd: number, program: Buffer): number;
  send(fd: number, bytes: Uint8Array, to: Buffer): number;
  /** Bytes received into `into`; `from`, when given, takes the sender's socket address. */
  receive(fd: number, into: Buffer, from?: Buffer): number;
  close(fd: number): number;
  /** This thread runs before all ordinary ones (SCHED_RR); what it starts does not. */
  becomeRealTime(priority: number): number;
  /** Calls back whenever `fd` may be readable, until the returned function is called; that does not close `fd`. */
  whenReadable(fd: number, callback: () => void): () => void;
}

export type LibcLoad =
  | { readonly ok: true; readonly libc: Libc }
  | { readonly ok: false; readonly reason: string };

/** Loads koffi; says why where that is not possible. */
export function loadLibc(): LibcLoad {
  if (process.platform !== "linux") return { ok: false, reason: `the platform is ${process.platform}` };
  if (endianness() !== "LE") return { ok: false, reason: "the host is big-endian" };
  try {
    const koffi = createRequire(import.meta.url)("koffi") as Koffi;
    return { ok: true, libc: bindLibc(koffi) };
  } catch (error) {
    return { ok: false, reason: `koffi does not load: ${error instanceof Error ? error.message : error}` };
  }
}

function bindLibc(koffi: Koffi): Libc {
  const library = koffi.load(null);
  const kernelAnswer = (call: unknown): ((...args: unknown[]) => number) => {
    return (...args) => {
      const result = Number((call as (...args: unknown[]) => number | bigint)(...args));
      return result < 0 ? -koffi.errno() : result;
    };
  };
  const declare = (prototype: string) => kernelAnswer(library.func(prototype));
  const socket = declare("int socket(int domain, int type, int protocol)");
  const bind = declare("int bind(int fd, const uint8_t *address, uint32_t length)");
  const setsockopt = declare(
    "int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)",
  );
  // struct sock_fprog, without a name: koffi knows each name once in a process.
  const filterProgram = koffi.struct({ length: "uint16_t", program: "uint8_t *" });
  const setFilter = library.func("setsockopt", "int", [
    "int",
    "int",
    "int",
    koffi.pointer(filterProgram),
    "uint32_t",
  ]);
  const attachFilter = kernelAnswer(setFilter);
  const sendto = declare(
    "int64_t sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *to, uint32_t toLength)",
  );
  const recvfrom = declare(
    "int64_t recvfrom(int fd, uint8_t *into, size_t length, int flags, uint8_t *from, uint8_t *fromLength)",
  );
  const close = declare("int close(int fd)");
  const setScheduler = declare("int sched_setscheduler(int thread, int policy, const uint8_t *parameters)");
  const fromLength = Buffer.alloc(4);
  return {
    socket,
    bind: (fd, address) => bind(fd, address, address.length),
    setOption: (fd, level, option, value) => setsockopt(fd, level, option, value, value.length),
    attachFilter: (fd, program) =>
      attachFilter(
        fd,
        SOL_SOCKET,
        SO_ATTACH_FILTER,
        { length: program.length / 8, program },
        SOCK_FPROG_BYTES,
      ),
    send: (fd, bytes, to) => sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, to, to.length),
    receive: (fd, into, from) => {
      if (from === undefined) return recvfrom(fd, into, into.length, 0, null, null);
      fromLength.writeUInt32LE(from.length, 0);
      return recvfrom(fd, into, into.length, 0, from, fromLength);
    },
    close,
    becomeRealTime: (priority) => setScheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, wordOf(priority)),
    whenReadable: (fd, callback) => (isMainThread ? pollByLoop(koffi, fd, callback) : pollByTimer(callback)),
  };
}

function wordOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

const SCHED_RR = 2;
const SCHED_RESET_ON_FORK = 0x40000000;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SOCK_FPROG_BYTES = 16;
const MSG_NOSIGNAL = 0x4000;
const LOOK_EVERY_MS = 10;
/** koffi holds its handles weakly: one that nobody mentions would stop by itself. */
const pinned = new Set<object>();

function pollByLoop(koffi: Koffi, fd: number, callback: () => void): () => void {
  let closed = false;
  // koffi calls back outside of Node's callback scope: promises would not continue and an exception would be lost.
  // An immediate runs before the loop polls again, and in a proper scope.
  const onEvent = (status: unknown): void => {
    setImmediate(() => {
      if (closed) return;
      callback();
      // libuv stops polling at an error; it was pending on the socket, and reading took it away.
      if (typeof status === "number" && status !== 0 && !closed) handle.start({ readable: true }, onEvent);
    });
  };
  const handle = koffi.node.poll(fd, { readable: true }, onEvent);
  pinned.add(handle);
  return () => {
    if (closed) return;
    closed = true;
    pinned.delete(handle);
    handle.close();
  };
}

/** A worker that is terminated while koffi 3.3 polls takes the whole process down with it, so there a timer looks. */
function pollByTimer(callback: () => void): () => void {
  const timer = setInterval(callback, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
