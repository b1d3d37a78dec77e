// A program at the socket that says exactly what a test wants it to say.
import { connect, type Socket } from "node:net";
import { textField, textMessage, type Message } from "@systole/sdk";
import { frame, FrameReader } from "../frame.js";
import { TEXT_CODEC } from "./api-room.js";

export class RawClient {
  readonly heard: Message[] = [];
  ended = false;
  private readonly reader = new FrameReader(1024 * 1024);
  private wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.on("data", (bytes: Buffer) => {
      this.reader.push(bytes);
      for (let body = this.reader.next(); body instanceof Uint8Array; body = this.reader.next()) {
        const message = TEXT_CODEC.decode(body);
        if (message !== undefined) this.heard.push(message);
      }
      this.wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.ended = true;
      this.wake();
    });
  }

  static open(path: string): RawClient {
    return new RawClient(connect(path));
  }

  say(fields: Readonly<Record<string, string>>): void {
    this.socket.write(frame(TEXT_CODEC.encode(textMessage(fields))));
  }

  signOn(name: string): Promise<Message> {
    this.say({ t: "hbapi-req", reqtype: "signon", pid: "4711", from_id: name });
    return this.hears((message) => textField(message, "reqtype") === "signon");
  }

  /** The first message that fits, taken out of what was heard. Rejects when the connection ends before. */
  async hears(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const index = this.heard.findIndex(fits);
      const [message] = index < 0 ? [] : this.heard.splice(index, 1);
      if (message !== undefined) return message;
      if (this.ended) throw new Error("the connection ended");
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  async ends(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

/** The text fields of a message, without its type and request. */
export function fieldsOf(message: Message): Readonly<Record<string, string>> {
  return Object.fromEntries(
    message.fields.flatMap((field) => (field.type === "string" ? [[field.name, field.value] as const] : [])),
  );
}
