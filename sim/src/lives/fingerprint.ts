// A life in a few characters: the same for the same seed, byte for byte.
import type { EngineEffect, EngineInput } from "@systole/core/engine";
import type { SimulatedCluster } from "../cluster.js";
import type { Frame } from "../frame.js";
import type { SimNode } from "../node.js";
import type { Observer } from "../observer.js";

/** FNV-1a over every byte that is heard and every moment, in 32 bits, and their number. */
export class Fingerprint implements Observer {
  private hash = 0x811c9dc5;
  private count = 0;

  constructor(private readonly cluster: SimulatedCluster) {}

  opened(_node: SimNode, { bytes }: Frame): void {
    let { hash } = this;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    this.hash = hash;
    this.count += bytes.length;
  }

  stepped(_node: SimNode, _input: EngineInput, effects: readonly EngineEffect[]): void {
    this.mix(Math.round(this.cluster.nowMs * 1000));
    this.mix(effects.length);
  }

  text(): string {
    return `${(this.hash >>> 0).toString(16).padStart(8, "0")}-${this.count}`;
  }

  private mix(number: number): void {
    this.hash = Math.imul(this.hash ^ number, 0x01000193);
    this.count += 1;
  }
}
