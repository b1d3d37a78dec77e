// Two serial ports and the cable between them, for tests: a pair of pseudo terminals whose masters are joined here. The
// cable can be cut, and a port can be pulled out of its host and come back under the same name.
import { closeSync, constants, openSync, rmSync, symlinkSync } from "node:fs";
import { ReadStream } from "node:tty";
import koffi from "koffi";

const libc = koffi.load(null);
const posixOpenpt = libc.func("int posix_openpt(int flags)");
const grantpt = libc.func("int grantpt(int fd)");
const unlockpt = libc.func("int unlockpt(int fd)");
const ptsname = libc.func("int ptsname_r(int fd, uint8_t *name, size_t length)");
const tcgetattr = libc.func("int tcgetattr(int fd, uint8_t *attributes)");
const cfmakeraw = libc.func("void cfmakeraw(uint8_t *attributes)");
const tcsetattr = libc.func("int tcsetattr(int fd, int when, const uint8_t *attributes)");

/** Larger than any libc's struct termios. */
const TERMIOS_BYTES = 256;
const OPEN_FLAGS = constants.O_RDWR | constants.O_NOCTTY | 0o2000000;
/** What waits for a port that nobody reads; more is lost, as on a real line. */
const MAX_WAITING_BYTES = 64 * 1024;

function must(result: number, what: string): number {
  if (result < 0) throw new Error(`${what} failed`);
  return result;
}

/** A port: its kernel device, and the wire at its back. */
class PseudoTerminal {
  /** The device, e.g. `/dev/pts/3`. */
  readonly path: string;
  readonly #wire: ReadStream;
  /** Keeps the terminal alive while no program has it open. */
  readonly #keeper: number;

  constructor(onBytes: (bytes: Buffer) => void) {
    const master = must(posixOpenpt(OPEN_FLAGS) as number, "posix_openpt");
    must(grantpt(master) as number, "grantpt");
    must(unlockpt(master) as number, "unlockpt");
    const name = Buffer.alloc(64);
    must(-(ptsname(master, name, name.length) as number), "ptsname_r");
    this.path = name.toString("latin1", 0, name.indexOf(0));
    this.#keeper = openSync(this.path, constants.O_RDWR | constants.O_NOCTTY);
    const attributes = Buffer.alloc(TERMIOS_BYTES);
    must(tcgetattr(this.#keeper, attributes) as number, "tcgetattr");
    cfmakeraw(attributes);
    must(tcsetattr(this.#keeper, 0, attributes) as number, "tcsetattr");
    this.#wire = new ReadStream(master, { readable: true, writable: true });
    this.#wire.on("data", onBytes);
    this.#wire.on("error", () => undefined);
  }

  write(bytes: Uint8Array): void {
    if (this.#wire.destroyed || this.#wire.writableLength > MAX_WAITING_BYTES) return;
    this.#wire.write(bytes);
  }

  close(): Promise<void> {
    closeSync(this.#keeper);
    return new Promise((resolve) => {
      this.#wire.once("close", resolve);
      this.#wire.destroy();
    });
  }
}

export type End = "left" | "right";

export class NullModem {
  /** Chosen names of the two ports: links to their devices. Absent: the devices' own names. */
  readonly #links: Readonly<Partial<Record<End, string>>>;
  readonly #ports: Partial<Record<End, PseudoTerminal>> = {};
  readonly #passed: Record<End, number> = { left: 0, right: 0 };
  #cut = false;

  constructor(links: Readonly<Partial<Record<End, string>>> = {}) {
    this.#links = links;
    this.plug("left");
    this.plug("right");
  }

  /** What a program opens. */
  path(end: End): string {
    const path = this.#links[end] ?? this.#ports[end]?.path;
    if (path === undefined) throw new Error(`the ${end} port is unplugged`);
    return path;
  }

  /** Bytes that the port of this end has sent into the cable. */
  sentBy(end: End): number {
    return this.#passed[end];
  }

  /** Nothing passes any more; neither end notices. */
  cut(): void {
    this.#cut = true;
  }

  mend(): void {
    this.#cut = false;
  }

  /** Puts bytes on the line as if noise, or the other end, had. */
  inject(towards: End, bytes: Uint8Array): void {
    this.#ports[towards]?.write(bytes);
  }

  /** As pulling a USB adapter: the device is gone, and whoever has it open gets an error. */
  async unplug(end: End): Promise<void> {
    const port = this.#ports[end];
    delete this.#ports[end];
    const link = this.#links[end];
    if (link !== undefined) rmSync(link, { force: true });
    await port?.close();
  }

  /** The port is there again; under the same name if it has a chosen one. */
  plug(end: End): void {
    if (this.#ports[end] !== undefined) return;
    const other = end === "left" ? "right" : "left";
    const port = new PseudoTerminal((bytes) => {
      this.#passed[end] += bytes.byteLength;
      if (!this.#cut) this.#ports[other]?.write(bytes);
    });
    this.#ports[end] = port;
    const link = this.#links[end];
    if (link !== undefined) symlinkSync(port.path, link);
  }

  async close(): Promise<void> {
    await Promise.all([this.unplug("left"), this.unplug("right")]);
  }
}
