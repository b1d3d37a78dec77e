// What watchers were last told about links and addresses: turns repeated or lost reports of the kernel into changes.
import type { HeldAddress, LinkEvent, NetworkInterface } from "@systole/sdk";

/** Remembers, and answers every observation with the events it amounts to. Pure but for its memory. */
export class HostState {
  readonly #links = new Map<number, NetworkInterface>();
  readonly #held = new Map<string, HeldAddress>();

  /** Name of an interface by its index, as far as known. */
  interfaceName(index: number): string | undefined {
    return this.#links.get(index)?.name;
  }

  link(seen: NetworkInterface): LinkEvent[] {
    const before = this.#links.get(seen.index);
    this.#links.set(seen.index, seen);
    return before !== undefined && sameLink(before, seen) ? [] : [{ kind: "link", interface: seen }];
  }

  /** The interface is gone: told as one that is down, after the addresses that went with it. */
  linkRemoved(index: number): LinkEvent[] {
    const before = this.#links.get(index);
    if (before === undefined) return [];
    this.#links.delete(index);
    const held = [...this.#held.values()].filter((one) => one.interface === before.name);
    return [
      ...held.flatMap((one) => this.address("removed", one)),
      { kind: "link", interface: { ...before, up: false, running: false } },
    ];
  }

  address(change: "added" | "removed", held: HeldAddress): LinkEvent[] {
    const key = `${held.address}/${held.prefixLength} ${held.interface}`;
    const before = this.#held.get(key);
    if (change === "removed") {
      return this.#held.delete(key) ? [{ kind: "address", change, held: before ?? held }] : [];
    }
    this.#held.set(key, held);
    return before !== undefined && before.duplicate === held.duplicate
      ? []
      : [{ kind: "address", change, held }];
  }

  /** Takes over a complete picture: what differs from memory. */
  replace(links: readonly NetworkInterface[], held: readonly HeldAddress[]): LinkEvent[] {
    const indexes = new Set(links.map((link) => link.index));
    const gone = [...this.#links.keys()].filter((index) => !indexes.has(index));
    const keys = new Set(held.map((one) => `${one.address}/${one.prefixLength} ${one.interface}`));
    const lost = [...this.#held].filter(([key]) => !keys.has(key)).map(([, one]) => one);
    return [
      ...gone.flatMap((index) => this.linkRemoved(index)),
      ...lost.flatMap((one) => this.address("removed", one)),
      ...links.flatMap((link) => this.link(link)),
      ...held.flatMap((one) => this.address("added", one)),
    ];
  }
}

function sameLink(a: NetworkInterface, b: NetworkInterface): boolean {
  return a.name === b.name && a.up === b.up && a.running === b.running && a.mac === b.mac;
}
