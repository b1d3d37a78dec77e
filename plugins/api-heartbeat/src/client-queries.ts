// Whether a program is signed on at some node: asked of that node when it is not this one, and answered to others.
import { textField, textMessage, type ClusterAccess, type Message } from "@systole/sdk";
import { bad, done, text } from "./answers.js";
import { LIMITS } from "./limits.js";

export interface QueriesInit {
  readonly cluster: ClusterAccess;
  /** Whether a program of that name is signed on here. */
  readonly isOnline: (name: string) => boolean;
}

type Reply = (answer: Message) => void;

const REQUEST = "clientstatus";

export class ClientQueries {
  /** By the id of the asking client; the oldest first. */
  private readonly waiting: { readonly id: string; readonly reply: Reply }[] = [];

  constructor(private readonly init: QueriesInit) {}

  /** A client asks. A node that does not answer is no answer: the client's library waits as long as it likes. */
  ask(id: string, message: Message, reply: Reply): void {
    const { cluster, isOnline } = this.init;
    const situation = cluster.view();
    const name = textField(message, "cn");
    const wanted = textField(message, "node")?.toLowerCase();
    const node = situation.nodes.find((candidate) => candidate.name.toLowerCase() === wanted);
    if (node === undefined || name === undefined) return reply(bad(REQUEST, "EINVAL"));
    if (node.name === situation.node) return reply(verdict(isOnline(name) ? "online" : "offline"));
    if (node.kind !== "normal" || node.state !== "active") return reply(verdict("offline"));
    if (this.waiting.length >= LIMITS.questions) this.waiting.shift();
    this.waiting.push({ id, reply });
    cluster.send(textMessage({ t: "query-cstatus", cn: name, from_id: id }), node.name);
  }

  forget(id: string): void {
    const kept = this.waiting.filter((entry) => entry.id !== id);
    this.waiting.splice(0, this.waiting.length, ...kept);
  }

  /** True when the message is part of this conversation. */
  heard(from: string, message: Message): boolean {
    switch (textField(message, "t")) {
      case "query-cstatus":
        this.tell(from, message);
        return true;
      case "respond-cstatus":
        this.told(message);
        return true;
      default:
        return false;
    }
  }

  private tell(from: string, message: Message): void {
    const name = textField(message, "cn");
    const asker = textField(message, "from_id");
    if (name === undefined || asker === undefined) return;
    const cs = this.init.isOnline(name) ? "online" : "offline";
    this.init.cluster.send(
      textMessage({ t: "respond-cstatus", result: "OK", cn: name, to_id: asker, cs }),
      from,
    );
  }

  private told(message: Message): void {
    const id = textField(message, "to_id");
    const index = this.waiting.findIndex((entry) => entry.id === id);
    const [entry] = index < 0 ? [] : this.waiting.splice(index, 1);
    const cs = textField(message, "cs");
    if (entry === undefined) return;
    entry.reply(
      textField(message, "result") === "OK" && cs !== undefined ? verdict(cs) : bad(REQUEST, "EINVAL"),
    );
  }
}

function verdict(cs: string): Message {
  return done(REQUEST, text("subt", "respond-cstatus"), text("cs", cs));
}
