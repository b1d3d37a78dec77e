// One client of the control socket: untrusted lines in, one answer each, in order, with a bound on everything.
import type { Socket } from "node:net";
import { LineReader } from "./line-reader.js";
import {
  IDLE_MS,
  MAX_REQUEST_BYTES,
  parseRequest,
  type ControlRequest,
  type ControlResponse,
} from "./protocol.js";

/** Questions that may wait on one connection while an earlier one is answered. */
const MAX_WAITING = 8;

export type Respond = (request: ControlRequest) => Promise<ControlResponse>;
/** Begins to send events over a connection whose question was answered well; returns a function that ends it. */
export type Follow = (socket: Socket, afterSeq: number | undefined) => () => void;

export class Connection {
  private readonly waiting: string[] = [];
  private isBusy = false;
  private hasEnded = false;
  private readonly socket: Socket;
  private readonly respond: Respond;
  private readonly lines: LineReader;
  private readonly follow: Follow;

  constructor(socket: Socket, respond: Respond, follow: Follow) {
    this.socket = socket;
    this.respond = respond;
    this.follow = follow;
    this.lines = new LineReader(MAX_REQUEST_BYTES, {
      line: (text) => this.accept(text),
      tooLong: () => this.refuse(`a line is longer than ${MAX_REQUEST_BYTES} bytes`),
    });
    socket.on("data", (bytes) => this.lines.push(bytes));
    // A client that is gone does not cancel what it asked for.
    socket.on("error", () => socket.destroy());
    socket.on("end", () => {
      this.hasEnded = true;
      if (!this.isBusy) socket.end();
    });
    socket.setTimeout(IDLE_MS);
    socket.on("timeout", () => socket.destroy());
  }

  close(): void {
    this.lines.stop();
    this.waiting.length = 0;
    this.socket.destroy();
  }

  private accept(text: string): void {
    if (text.trim() === "") return;
    if (this.waiting.length >= MAX_WAITING) {
      this.refuse("too many questions at once");
      return;
    }
    this.waiting.push(text);
    void this.work();
  }

  private refuse(reason: string): void {
    this.lines.stop();
    this.waiting.length = 0;
    const response: ControlResponse = { ok: false, code: "too-long", reason };
    this.socket.end(`${JSON.stringify(response)}\n`);
    this.socket.destroySoon();
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.socket.setTimeout(0);
    for (let text = this.waiting.shift(); text !== undefined; text = this.waiting.shift()) {
      const parsed = parseRequest(text);
      const response = parsed.ok ? await this.respond(parsed.request) : parsed;
      await this.write(response);
      if (response.ok && parsed.ok && parsed.request.command === "events")
        return this.streams(parsed.request.afterSeq);
    }
    this.isBusy = false;
    this.socket.setTimeout(IDLE_MS);
    if (this.hasEnded) this.socket.end();
  }

  /** Nothing more is asked over this connection: it lasts until either end has had enough. */
  private streams(afterSeq: number | undefined): void {
    this.lines.stop();
    this.socket.setTimeout(0);
    if (!this.socket.writable) return;
    const end = this.follow(this.socket, afterSeq);
    this.socket.on("close", end);
    this.socket.on("end", () => this.socket.end());
    if (this.hasEnded) this.socket.end();
  }

  /** Resolves when the kernel took the answer, or the client is gone. */
  private write(response: ControlResponse): Promise<void> {
    if (!this.socket.writable) return Promise.resolve();
    this.socket.setTimeout(IDLE_MS);
    return new Promise((resolve) => {
      this.socket.once("close", resolve);
      this.socket.write(`${JSON.stringify(response)}\n`, () => {
        this.socket.off("close", resolve);
        this.socket.setTimeout(0);
        resolve();
      });
    });
  }
}
