// The other end of the API: what a program of this node needs to ask a daemon, Systole's or heartbeat's own.
import { connect, type Socket } from "node:net";
import { textField, textMessage, type Message, type MessageCodec } from "@systole/sdk";
import { frame, FrameReader } from "./frame.js";

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export class ApiClient {
  private readonly reader = new FrameReader(MAX_ANSWER_BYTES);
  private readonly heard: Message[] = [];
  private wake: (() => void) | undefined;
  private ended = false;

  private constructor(
    private readonly socket: Socket,
    private readonly codec: MessageCodec,
  ) {
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.ended = true;
      this.wake?.();
    });
  }

  /** Signs on as a casual client: it may ask, not speak. Undefined when no daemon answers or it refuses. */
  static async signOn(
    path: string,
    codec: MessageCodec,
    signal: AbortSignal,
  ): Promise<ApiClient | undefined> {
    const socket = connect({ path, signal });
    const client = new ApiClient(socket, codec);
    const [answer] = await client.ask("signon", {
      uid: String(process.geteuid?.() ?? -1),
      gid: String(process.getegid?.() ?? -1),
    });
    if (answer !== undefined && textField(answer, "result") === "OK") {
      client.version = textField(answer, "hbversion") ?? "";
      client.managedBy = textField(answer, "pacemaker") === "true" ? "crm" : "haresources";
      return client;
    }
    client.close();
    return undefined;
  }

  /** What the daemon says of itself. */
  version = "";
  managedBy = "";

  /** All answers to one request; empty when the daemon is gone. A failed request is one answer without `result=OK`. */
  async ask(request: string, fields: Readonly<Record<string, string>> = {}): Promise<readonly Message[]> {
    const pid = String(process.pid);
    const question = textMessage({ t: "hbapi-req", reqtype: request, pid, from_id: pid, ...fields });
    this.socket.write(frame(this.codec.encode(question)));
    const answers: Message[] = [];
    for (;;) {
      const next = await this.next();
      if (next === undefined) return answers;
      if (!isAnswerTo(request, next)) continue;
      answers.push(next);
      if (textField(next, "result") !== "ok/more") return answers;
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(bytes: Buffer): void {
    this.reader.push(bytes);
    for (let body = this.reader.next(); body !== undefined; body = this.reader.next()) {
      const message = body === "bad" ? undefined : this.codec.decode(body);
      if (message === undefined) return void this.socket.destroy();
      this.heard.push(message);
    }
    this.wake?.();
  }

  private async next(): Promise<Message | undefined> {
    while (this.heard.length === 0 && !this.ended)
      await new Promise<void>((resolve) => (this.wake = resolve));
    return this.heard.shift();
  }
}

/** heartbeat passes on what another node says of its programs as it came from there. */
function isAnswerTo(request: string, message: Message): boolean {
  const type = textField(message, "t");
  if (type === "respond-cstatus") return request === "clientstatus";
  return type === "hbapi-resp" && textField(message, "reqtype") === request;
}
