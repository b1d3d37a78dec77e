// The clients that are connected, and what is said when one of them signs on or leaves.
import { textMessage, type Message } from "@systole/sdk";
import { FILTER_KEEP, type Client } from "./client.js";

export class Registry {
  private readonly clients = new Set<Client>();
  private signOns = 0;

  get size(): number {
    return this.clients.size;
  }

  add(client: Client): void {
    this.clients.add(client);
  }

  /** False when it was gone already. */
  remove(client: Client): boolean {
    return this.clients.delete(client);
  }

  nextGeneration(): number {
    return this.signOns++;
  }

  named(name: string): Client | undefined {
    return [...this.clients].find(({ identity }) => identity?.casual === false && identity.id === name);
  }

  byId(id: string): Client | undefined {
    return [...this.clients].find(({ identity }) => identity?.id === id);
  }

  /** To the client that the message names, otherwise to everybody who wants to hear. */
  deliver(message: Message, toId: string | undefined): void {
    for (const client of this.clients) {
      const { identity } = client;
      if (identity === undefined || (client.filter & FILTER_KEEP) === 0) continue;
      if (toId === undefined || (identity.id === toId && !identity.casual)) client.send(message);
    }
  }

  endAll(reason: string): void {
    for (const client of this.clients) client.end(reason);
  }
}

/** What the cluster is told of a named client. */
export function clientStatus(
  st: "join" | "leave",
  identity: { readonly id: string; readonly generation: number },
  self: string,
  info: string,
): Message {
  const { id, generation } = identity;
  const who = { from_id: id, to_id: id, src: self };
  return textMessage({ t: "hbapi-clstat", st, ...who, info, client_gen: String(generation) });
}
