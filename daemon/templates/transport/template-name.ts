// Carries frames as UDP datagrams between two machines. Replace the socket by your medium.
import { createSocket, type Socket } from "node:dgram";
import { SystoleError, type FrameReceiver, type Transport } from "@systole/sdk";

export interface TemplateNameConfig {
  /** Own address, and that of the other node. */
  readonly address: string;
  readonly peer: string;
  readonly port: number;
}

export class TemplateNameTransport implements Transport {
  readonly medium = "template-name";
  readonly supports = { maxFrameBytes: 8192 };
  private receiver: FrameReceiver | undefined;
  private socket: Socket | undefined;

  constructor(private readonly config: TemplateNameConfig) {}

  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const socket = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(this.config.port, this.config.address, resolve);
    });
    socket.on("error", (error) => this.receiver?.failed(error));
    socket.on("message", (bytes, { address }) => this.deliver(bytes, address));
    this.socket = socket;
  }

  /** Nothing is delivered once it was called; it may be called at any time. */
  async stop(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(resolve));
  }

  async send(frame: Uint8Array): Promise<void> {
    const { socket, config } = this;
    if (frame.byteLength > this.supports.maxFrameBytes)
      throw new SystoleError("FRAME_TOO_LARGE", `${frame.byteLength} bytes do not fit into one datagram.`);
    if (socket === undefined)
      throw new SystoleError("TRANSPORT_SEND_FAILED", "template-name is not started.");
    await new Promise<void>((resolve, reject) => {
      socket.send(frame, config.port, config.peer, (error) => {
        if (error === null) resolve();
        else reject(new SystoleError("TRANSPORT_SEND_FAILED", error.message, { retryable: true }));
      });
    });
  }

  private deliver(bytes: Uint8Array, from: string): void {
    if (this.socket === undefined) return;
    try {
      this.receiver?.frame(bytes, from);
    } catch (error) {
      this.receiver?.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
