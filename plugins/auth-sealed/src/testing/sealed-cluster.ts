// Nodes with real keys in real directories, and a wire between them that a test can tap, cut and feed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Opening, SealMode } from "@systole/sdk";
import { RecordingLogger, VirtualClock } from "@systole/sdk/testkit";
import { KeyDirectory } from "../key-directory.js";
import { SecretKey } from "../node-key.js";
import { SealedFrames } from "../sealed-frames.js";

export interface CapturedFrame {
  readonly from: string;
  readonly bytes: Uint8Array;
}

export class SealedCluster {
  readonly root = mkdtempSync(join(tmpdir(), "systole-sealed-"));
  readonly clock = new VirtualClock();
  readonly log = new RecordingLogger();
  /** Everything that was on the wire. */
  readonly captured: CapturedFrame[] = [];
  /** What each node took in, as `node: text`. */
  readonly taken = new Map<string, string[]>();
  readonly refused = new Map<string, string[]>();
  /** Frames that are lost on the way from or to these nodes. */
  readonly cut = new Set<string>();
  readonly #nodes = new Map<string, SealedFrames>();
  readonly #queue: CapturedFrame[] = [];
  #isDelivering = false;

  directory(node: string): KeyDirectory {
    return new KeyDirectory(join(this.root, node));
  }

  /** Keys of these nodes, with the public ones copied to all of them. */
  async prepare(...names: readonly string[]): Promise<void> {
    const keys = new Map(names.map((name) => [name, SecretKey.generate()]));
    for (const name of names) {
      for (const [other, key] of keys) await this.directory(name).writePublic(other, [key.public]);
      await this.directory(name).writeSecret(name, [keys.get(name) ?? SecretKey.generate()]);
    }
  }

  /** Starts a node, or starts it anew. */
  async start(name: string, mode: SealMode = "permissive", credential?: string): Promise<SealedFrames> {
    const directory = join(this.root, name);
    const config = { self: name, mode, directory, ...(credential !== undefined && { credential }) };
    const node = new SealedFrames(config, this.clock, this.log.child({ at: name }));
    node.attach({ send: (frame) => this.carry(name, frame) });
    await node.start();
    this.#nodes.set(name, node);
    this.taken.set(name, []);
    this.refused.set(name, []);
    return node;
  }

  node(name: string): SealedFrames {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`${name} was not started`);
    return node;
  }

  /** The node says something to all others. */
  say(name: string, text: string): Uint8Array {
    const frame = this.node(name).seal(Buffer.from(text), "peers");
    this.carry(name, frame);
    return frame;
  }

  /** Everybody has been heard by everybody, and what was said so far is forgotten. */
  meet(): void {
    for (let round = 0; round < 2; round += 1) for (const name of this.#nodes.keys()) this.say(name, "hello");
    for (const list of [...this.taken.values(), ...this.refused.values()]) list.length = 0;
    this.captured.length = 0;
  }

  /** A frame reaches everybody but the one it is from; answers follow in order. */
  carry(from: string, bytes: Uint8Array): void {
    this.captured.push({ from, bytes });
    this.#queue.push({ from, bytes });
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        if (this.cut.has(next.from)) continue;
        for (const name of this.#nodes.keys())
          if (name !== next.from && !this.cut.has(name)) this.give(name, next.bytes);
      }
    } finally {
      this.#isDelivering = false;
    }
  }

  /** A frame reaches one node, whoever sent it. */
  give(name: string, bytes: Uint8Array): Opening {
    const opening = this.node(name).open(bytes, "eth0");
    if (opening.ok)
      this.taken
        .get(name)
        ?.push(
          ...opening.messages.map(({ node, bytes: text }) => `${node}: ${Buffer.from(text).toString()}`),
        );
    else this.refused.get(name)?.push(opening.reason);
    return opening;
  }

  /** Lets what is written to disk and what waits for a turn happen. */
  async settle(advanceMs = 0): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.clock.advance(advanceMs / 20);
    }
  }

  async close(): Promise<void> {
    for (const node of this.#nodes.values()) await node.stop();
    rmSync(this.root, { recursive: true });
  }
}

/** Two nodes that know each other's keys, running and heard by each other. */
export async function twoNodes(cluster = new SealedCluster()): Promise<SealedCluster> {
  await cluster.prepare("master", "cluster1");
  await cluster.start("master");
  await cluster.start("cluster1");
  cluster.meet();
  return cluster;
}
