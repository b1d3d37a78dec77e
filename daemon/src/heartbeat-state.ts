// What heartbeat kept on this machine, carried on: its peers know this node by that uuid, believe nobody whose generation
// went back, and where nodes may join by themselves its list says who did. So a node continues all three when Systole takes
// heartbeat's place, and when it goes back.
import { access, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readSavedNodes, savedNodes, type SavedNode } from "@systole/core";
import type { Store } from "@systole/core/ports";
import { formatHostCache, parseHostCache } from "./hostcache.js";

const UUID_BYTES = 16;
/** heartbeat's file is a number, right-aligned in so many columns, and a newline. */
const GENERATION_COLUMNS = 15;
const TRACES = ["hb_generation", "hb_uuid", "hostcache"];

/**
 * `own`, which also honours heartbeat's files in `directory`: `hb_generation` and `hb_uuid`, and with `carriesNodes`
 * `hostcache` and `delhostcache`. Where heartbeat never ran, it is `own` alone, and nothing is made there. A file of
 * heartbeat's that cannot be read or written is told to `onTrouble`, no more.
 */
export class HeartbeatState implements Store {
  /** heartbeat's generation was the greater one: it ran after Systole did, and knows better. */
  private heartbeatRanLast = false;

  constructor(
    private readonly own: Store,
    private readonly directory: string,
    private readonly carriesNodes: boolean,
    private readonly onTrouble: (path: string, reason: string) => void,
  ) {}

  /** A cluster reads its generation first; what heartbeat has to say of the nodes depends on that. */
  async read(name: string): Promise<Uint8Array | undefined> {
    const own = await this.own.read(name);
    switch (name) {
      case "uuid":
        return own ?? (await this.uuid());
      case "generation": {
        const theirs = await this.generation();
        this.heartbeatRanLast = theirs !== undefined && theirs > numberIn(own);
        return this.heartbeatRanLast ? bytesOf(`${theirs}\n`) : own;
      }
      case "nodes":
        return own === undefined || this.heartbeatRanLast ? ((await this.nodes()) ?? own) : own;
      default:
        return own;
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.own.write(name, bytes);
    if (name === "generation" && (await this.generation()) !== undefined)
      await this.replace("hb_generation", `${String(numberIn(bytes)).padStart(GENERATION_COLUMNS)}\n`);
    if (name === "nodes" && this.carriesNodes && (await this.heartbeatWasHere())) {
      const { nodes, deleted } = readSavedNodes(JSON.parse(new TextDecoder().decode(bytes)));
      await this.replace("hostcache", formatHostCache(nodes));
      await this.replace("delhostcache", formatHostCache(deleted.map(justNamed)));
    }
  }

  remove(name: string): Promise<void> {
    return this.own.remove(name);
  }

  private async uuid(): Promise<Uint8Array | undefined> {
    const bytes = await this.load("hb_uuid");
    return bytes?.length === UUID_BYTES ? bytes : undefined;
  }

  private async generation(): Promise<number | undefined> {
    const value = numberIn(await this.load("hb_generation"));
    return value > 0 ? value : undefined;
  }

  private async nodes(): Promise<Uint8Array | undefined> {
    if (!this.carriesNodes) return undefined;
    const known = parseHostCache(new TextDecoder().decode(await this.load("hostcache")));
    if (known.length === 0) return undefined;
    const deleted = parseHostCache(new TextDecoder().decode(await this.load("delhostcache")));
    const state = savedNodes({ nodes: known, deleted: deleted.map(({ name }) => name) });
    return bytesOf(JSON.stringify(state));
  }

  private async heartbeatWasHere(): Promise<boolean> {
    const found = TRACES.map((name) =>
      access(join(this.directory, name)).then(
        () => true,
        () => false,
      ),
    );
    return (await Promise.all(found)).includes(true);
  }

  private async load(name: string): Promise<Uint8Array | undefined> {
    const path = join(this.directory, name);
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.trouble(path, error);
      return undefined;
    }
  }

  /** The whole file, or none of it. */
  private async replace(name: string, text: string): Promise<void> {
    const path = join(this.directory, name);
    try {
      // The directory may be another user's: what stands there already is not written to, least of all through a link.
      await rm(`${path}.systole`, { force: true });
      const file = await open(`${path}.systole`, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.systole`, path);
    } catch (error) {
      this.trouble(path, error);
    }
  }

  private trouble(path: string, error: unknown): void {
    this.onTrouble(path, error instanceof Error ? error.message : String(error));
  }
}

/** All that is known of a deleted node is its name. */
function justNamed(name: string): SavedNode {
  return { name, uuid: undefined, weight: 100, site: undefined };
}

function numberIn(bytes: Uint8Array | undefined): number {
  const digits = new TextDecoder().decode(bytes).trim();
  return /^[0-9]{1,15}$/.test(digits) ? Number(digits) : 0;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
