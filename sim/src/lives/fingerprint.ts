// A life in a few characters: the same for the same seed, byte for byte.
import type { Opened } from "@systole/core";
import type { EngineEffect, EngineInput } from "@systole/core/engine";
import type { ResourceAction } from "@systole/core/ports";
import type { SimulatedCluster } from "../cluster.js";
import type { Frame } from "../frame.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";

/** FNV-1a over the bytes of every frame, what became of it, every moment, event and operation, in 32 bits, and their number. */
export class Fingerprint implements Observer {
  private hash = 0x811c9dc5;
  private count = 0;

  constructor(private readonly cluster: SimulatedCluster) {}

  sent(node: SimNode, bytes: Uint8Array): void {
    this.word(node.name);
    this.bytes(bytes);
  }

  opened(node: SimNode, { bytes, origin }: Frame, opened: readonly Opened[]): void {
    this.word(node.name);
    // The others are among those that were sent.
    if (origin === "genuine" || origin === "replayed") this.number(bytes.length);
    else this.bytes(bytes);
    for (const one of opened) this.word(one.ok ? one.link : one.reason);
  }

  stepped(node: SimNode, input: EngineInput, effects: readonly EngineEffect[]): void {
    this.number(Math.round(this.cluster.nowMs * 1000));
    this.word(node.name);
    this.word(input.kind);
    for (const effect of effects) {
      this.word(effect.kind);
      if (effect.kind === "event") this.word(JSON.stringify(effect.event));
    }
  }

  ordered(node: SimNode, resource: string, action: ResourceAction): void {
    this.word(`${node.name} ${resource} ${action}`);
  }

  done(node: SimNode, resource: string, action: ResourceAction, ok: boolean): void {
    this.word(`${node.name} ${resource} ${action} ${ok}`);
  }

  lived(node: SimNode, what: string): void {
    this.word(`${node.name} ${what} ${node.generation}`);
  }

  text(): string {
    return `${(this.hash >>> 0).toString(16).padStart(8, "0")}-${this.count}`;
  }

  private bytes(bytes: Uint8Array): void {
    let { hash } = this;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    this.hash = hash;
    this.count += bytes.length;
  }

  private word(text: string): void {
    let { hash } = this;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    this.hash = hash;
    this.count += text.length;
  }

  private number(number: number): void {
    this.hash = Math.imul(this.hash ^ number, 0x01000193);
    this.count += 1;
  }
}
