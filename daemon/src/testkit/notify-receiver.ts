// The other end of systemd's notification socket: a datagram socket of the Unix family, for tests, through koffi.
import { createRequire } from "node:module";

type NumberCall = (...args: unknown[]) => number | bigint;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

export class NotifyReceiver {
  private readonly recv: NumberCall;
  private readonly closeDescriptor: NumberCall;
  private readonly descriptor: number;
  private readonly buffer = Buffer.alloc(4096);
  private readonly all: string[] = [];

  /** `path`: a file's, or `@` and a name in the abstract namespace. */
  constructor(path: string) {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const library = koffi.load("libc.so.6");
    const socket = library.func("int socket(int domain, int type, int protocol)") as NumberCall;
    const bind = library.func("int bind(int fd, const uint8_t *address, uint32_t length)") as NumberCall;
    this.recv = library.func("int64_t recv(int fd, uint8_t *into, size_t length, int flags)") as NumberCall;
    this.closeDescriptor = library.func("int close(int fd)") as NumberCall;
    this.descriptor = Number(socket(AF_UNIX, SOCK_DGRAM, 0));
    const name = path.startsWith("@") ? Buffer.from(`\0${path.slice(1)}`) : Buffer.from(`${path}\0`);
    const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), name]);
    if (Number(bind(this.descriptor, address, address.length)) !== 0)
      throw new Error(`${path} cannot be bound: errno ${koffi.errno()}`);
  }

  /** Everything that has come so far, in order. */
  heard(): readonly string[] {
    for (;;) {
      const bytes = Number(this.recv(this.descriptor, this.buffer, this.buffer.length, MSG_DONTWAIT));
      if (bytes < 0) return this.all;
      this.all.push(this.buffer.toString("utf8", 0, bytes));
    }
  }

  close(): void {
    this.closeDescriptor(this.descriptor);
  }
}
