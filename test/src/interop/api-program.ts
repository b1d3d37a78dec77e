// A program that is signed on under a name at the daemon of a lab host, heartbeat's or Systole's: it says what no command
// says, messages with a large content, and hears what arrives.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  decodeFrame,
  decodeMessage,
  encodeNetstring,
  encodeString,
  hasStringForm,
  unwrapPayload,
} from "@systole/core/message";
import { textField, textMessage, type Message } from "@systole/core/ports";
import { LabError, waitFor, type LabNode } from "../lab/index.js";

const HEAD_BYTES = 8;
const MAGIC = 0xabcd;

export class ApiProgram {
  private held = Buffer.alloc(0);
  private readonly heard: Message[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly node: string,
  ) {
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
  }

  /** `ha.cf` must let root in under that name: `apiauth NAME uid=root`. Throws LabError when the daemon does not. */
  static async signOn(node: LabNode, name: string): Promise<ApiProgram> {
    // The host's own files, seen from outside of it.
    const socket = connect(`/proc/${String(node.host.pid)}/root/run/heartbeat/register`);
    await once(socket, "connect");
    const program = new ApiProgram(socket, node.name);
    // A daemon asks the kernel whether that process lives: number 1 of the host does.
    const about = { pid: "1", from_id: name, uid: "0", gid: "0" };
    program.say(textMessage({ t: "hbapi-req", reqtype: "signon", ...about }));
    const answer = await program.hear("hbapi-resp");
    if (textField(answer, "result") === "OK") return program;
    program.close();
    throw new LabError(`${node.name} does not let ${name} in: ${JSON.stringify(answer)}`);
  }

  say(message: Message): void {
    const body = hasStringForm(message)
      ? Buffer.concat([encodeString(message), Buffer.alloc(1)])
      : Buffer.from(encodeNetstring(message));
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeInt32LE(body.length, 0);
    head.writeUInt32LE(MAGIC, 4);
    this.socket.write(Buffer.concat([head, body]));
  }

  /** The next message of that type; what is heard before it is forgotten. Throws LabError when none comes. */
  async hear(type: string): Promise<Message> {
    const types: string[] = [];
    return waitFor(
      `${type} to reach the program on ${this.node}`,
      () => {
        for (let next = this.heard.shift(); next !== undefined; next = this.heard.shift()) {
          const found = textField(next, "t") ?? "";
          if (found === type) return next;
          types.push(found);
        }
        return undefined;
      },
      { timeoutMs: 15_000, describe: () => (types.length === 0 ? "nothing" : types.join(" ")) },
    );
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(bytes: Buffer): void {
    this.held = Buffer.concat([this.held, bytes]);
    while (this.held.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + this.held.readInt32LE(0);
      if (this.held.readUInt32LE(4) !== MAGIC || this.held.length < end) return;
      const message = opened(new Uint8Array(this.held.subarray(HEAD_BYTES, end)));
      if (message !== undefined) this.heard.push(message);
      this.held = this.held.subarray(end);
    }
  }
}

/** heartbeat hands large messages to programs as it sends them, with `traditional_compression`: compressed and signed. */
function opened(bytes: Uint8Array): Message | undefined {
  const signed = decodeFrame(bytes);
  const decoded = signed.ok ? signed : decodeMessage(bytes);
  const whole = decoded.ok ? unwrapPayload(decoded.message) : decoded;
  return whole.ok ? whole.message : undefined;
}
