// Carries frames over TCP: each node listens, and connects to the other when it has something to say. A frame is its
// length in four bytes, then itself.
import { connect, createServer, type Server, type Socket } from "node:net";
import { SystoleError, type FrameReceiver, type Logger, type Transport } from "@systole/sdk";
import type { CustomConfig } from "./config.js";

const MAX_FRAME_BYTES = 65_536;
/** More than this waits only for a peer that is gone: TCP itself would notice much later. */
const MAX_WAITING_BYTES = 4 * MAX_FRAME_BYTES;
const CONNECT_TIMEOUT_MS = 1000;
const LENGTH_BYTES = 4;

export class TcpTransport implements Transport {
  readonly medium = "tcp";
  readonly supports = { maxFrameBytes: MAX_FRAME_BYTES };
  private receiver: FrameReceiver | undefined;
  private server: Server | undefined;
  private readonly heard = new Set<Socket>();
  private outgoing: Promise<Socket> | undefined;

  constructor(
    private readonly config: CustomConfig["tcp"],
    private readonly log: Logger,
  ) {}

  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const server = createServer((socket) => this.hear(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.config.port, this.config.address, resolve);
    });
    server.on("error", (error) => this.receiver?.failed(error));
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server, outgoing } = this;
    this.server = undefined;
    this.outgoing = undefined;
    for (const socket of this.heard) socket.destroy();
    (await outgoing?.catch(() => undefined))?.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async send(frame: Uint8Array): Promise<void> {
    if (frame.byteLength > MAX_FRAME_BYTES)
      throw new SystoleError("FRAME_TOO_LARGE", `A frame has at most ${MAX_FRAME_BYTES} bytes.`);
    if (this.server === undefined) throw failed("the transport is not started");
    this.outgoing ??= this.dial();
    const socket = await this.outgoing;
    if (socket.writableLength > MAX_WAITING_BYTES) {
      socket.destroy();
      throw failed(`${this.config.peer} does not read`);
    }
    const bytes = Buffer.alloc(LENGTH_BYTES + frame.byteLength);
    bytes.writeUInt32BE(frame.byteLength);
    bytes.set(frame, LENGTH_BYTES);
    await new Promise<void>((resolve, reject) => {
      socket.write(bytes, (error) => (error ? reject(failed(error.message)) : resolve()));
    });
  }

  /** A connection that failed or ended is forgotten: the next frame dials again. */
  private dial(): Promise<Socket> {
    const { address, peer, port } = this.config;
    const socket = connect({ host: peer, port, localAddress: address });
    socket.setNoDelay(true);
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error(`${peer} does not answer`)));
    const dialled = new Promise<Socket>((resolve, reject) => {
      socket.once("connect", () => resolve(socket.setTimeout(0)));
      socket.once("error", (error) => reject(failed(error.message)));
      socket.once("close", () => reject(failed(`${peer} has closed the connection`)));
    });
    socket.on("error", () => undefined);
    socket.once("close", () => {
      if (this.outgoing === dialled) this.outgoing = undefined;
    });
    return dialled;
  }

  private hear(socket: Socket): void {
    let waiting = Buffer.alloc(0);
    this.heard.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.heard.delete(socket));
    socket.on("data", (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.byteLength >= LENGTH_BYTES) {
        const length = waiting.readUInt32BE();
        if (length > MAX_FRAME_BYTES) {
          this.log.warn("tcp.refused", { from: socket.remoteAddress, frameBytes: length });
          return void socket.destroy();
        }
        if (waiting.byteLength < LENGTH_BYTES + length) return;
        this.deliver(waiting.subarray(LENGTH_BYTES, LENGTH_BYTES + length), socket.remoteAddress ?? "");
        waiting = waiting.subarray(LENGTH_BYTES + length);
      }
    });
  }

  private deliver(frame: Uint8Array, from: string): void {
    if (this.server === undefined) return;
    try {
      this.receiver?.frame(frame, from);
    } catch (error) {
      this.receiver?.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function failed(reason: string): SystoleError {
  return new SystoleError("TRANSPORT_SEND_FAILED", `Nothing was sent: ${reason}.`, { retryable: true });
}
