// A DNS record that points to the machine that serves. It is never removed: who has let go of it is taken out of its comment,
// and it points to that machine until another takes it. Clients then see no name that does not exist.
import type { Holding } from "../held-agent.js";
import type { Rest } from "../rest.js";

interface DnsRecord {
  readonly success: boolean;
  readonly result: { readonly content: string; readonly comment: string | null };
}

export class CloudflareDnsRecord implements Holding {
  readonly #path: string;

  constructor(
    private readonly rest: Rest,
    zone: string,
    record: string,
    /** What the record says for each node. */
    private readonly contents: ReadonlyMap<string, string>,
  ) {
    this.#path = `/zones/${zone}/dns_records/${record}`;
  }

  async holder(signal: AbortSignal): Promise<string | undefined> {
    const { result } = await this.rest.ask<DnsRecord>("GET", this.#path, signal);
    return [...this.contents].find(
      ([node, content]) => content === result.content && result.comment === commentOf(node),
    )?.[0];
  }

  async give(node: string, signal: AbortSignal): Promise<void> {
    const change = { content: this.contents.get(node), comment: commentOf(node) };
    await this.rest.ask("PATCH", this.#path, signal, change);
  }

  async release(_node: string, signal: AbortSignal): Promise<void> {
    await this.rest.ask("PATCH", this.#path, signal, { comment: "held by nobody" });
  }
}

function commentOf(node: string): string {
  return `held by ${node}`;
}
