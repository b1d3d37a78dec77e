import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSavedNodes, savedNodes } from "@systole/core";
import { FileStore } from "@systole/core/node";
import { HeartbeatState } from "./heartbeat-state.js";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("the state of a node that ran heartbeat", () => {
  let directory: string;
  let store: HeartbeatState;
  let troubles: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "systole-state-"));
    troubles = [];
    store = lifeOf();
  });

  /** A new life of the node, in the same directories. */
  function lifeOf(carriesNodes = true): HeartbeatState {
    const own = new FileStore(join(directory, "own"));
    return new HeartbeatState(own, directory, carriesNodes, (path) => void troubles.push(path));
  }

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it("goes on with heartbeat's uuid and generation", async () => {
    writeFileSync(join(directory, "hb_uuid"), Buffer.alloc(16, 7));
    writeFileSync(join(directory, "hb_generation"), "     1795361532\n");
    expect(await store.read("uuid")).toEqual(new Uint8Array(16).fill(7));
    expect(text(await store.read("generation"))).toBe("1795361532\n");
  });

  it("leaves heartbeat a generation that its peers still believe after going back", async () => {
    writeFileSync(join(directory, "hb_generation"), "     1795361532\n");
    await store.write("generation", bytes("1795369999\n"));
    expect(readFileSync(join(directory, "hb_generation"), "latin1")).toBe("     1795369999\n");
    expect(text(await store.read("generation"))).toBe("1795369999\n");
  });

  it("does not write through a link that heartbeat's user has put there", async () => {
    const victim = join(directory, "victim");
    writeFileSync(victim, "untouched");
    writeFileSync(join(directory, "hb_generation"), "     1795361532\n");
    symlinkSync(victim, join(directory, "hb_generation.systole"));
    await store.write("generation", bytes("1795369999\n"));
    expect(readFileSync(victim, "utf8")).toBe("untouched");
    expect(readFileSync(join(directory, "hb_generation"), "latin1")).toBe("     1795369999\n");
    expect(troubles).toEqual([]);
  });

  it("prefers the greater generation, and its own uuid once it has one", async () => {
    await store.write("generation", bytes("1795370000\n"));
    await store.write("uuid", new Uint8Array(16).fill(1));
    writeFileSync(join(directory, "hb_uuid"), Buffer.alloc(16, 7));
    writeFileSync(join(directory, "hb_generation"), "     1795361532\n");
    expect(text(await store.read("generation"))).toBe("1795370000\n");
    expect(await store.read("uuid")).toEqual(new Uint8Array(16).fill(1));
  });

  const HOSTCACHE = `alpha\t07070707-0707-0707-0707-070707070707\t55\tberlin\n`;
  const DELHOSTCACHE = "bravo\t00000000-0000-0000-0000-000000000000\t100\t\n";
  const ALPHA = { name: "alpha", uuid: new Uint8Array(16).fill(7), weight: 55, site: "berlin" };
  const CHARLIE = { name: "charlie", uuid: undefined, weight: 100, site: undefined };

  async function nodesOf(life: HeartbeatState): Promise<unknown> {
    await life.read("generation");
    const found = await life.read("nodes");
    return found === undefined ? undefined : readSavedNodes(JSON.parse(text(found)));
  }

  it("knows the nodes that heartbeat knew, and those that were deleted", async () => {
    writeFileSync(join(directory, "hostcache"), HOSTCACHE);
    writeFileSync(join(directory, "delhostcache"), DELHOSTCACHE);
    expect(await nodesOf(store)).toEqual({ nodes: [ALPHA], deleted: ["bravo"] });
    expect(await nodesOf(lifeOf(false))).toBeUndefined();
  });

  it("leaves heartbeat the nodes of today, and believes it when it ran again", async () => {
    writeFileSync(join(directory, "hb_generation"), "     1795361532\n");
    writeFileSync(join(directory, "hostcache"), DELHOSTCACHE);
    const today = { nodes: [ALPHA, CHARLIE], deleted: ["bravo"] };
    await store.write("generation", bytes("1795369999\n"));
    await store.write("nodes", bytes(JSON.stringify(savedNodes(today))));
    expect(readFileSync(join(directory, "hostcache"), "latin1")).toBe(
      `${HOSTCACHE}charlie\t00000000-0000-0000-0000-000000000000\t100\t\n`,
    );
    expect(readFileSync(join(directory, "delhostcache"), "latin1")).toBe(DELHOSTCACHE);
    expect(await nodesOf(lifeOf())).toEqual(today);
    writeFileSync(join(directory, "hb_generation"), "     1795370000\n");
    writeFileSync(join(directory, "hostcache"), HOSTCACHE);
    writeFileSync(join(directory, "delhostcache"), "");
    expect(await nodesOf(lifeOf())).toEqual({ nodes: [ALPHA], deleted: [] });
  });

  it("keeps its own nodes when heartbeat ran last and left none", async () => {
    await store.write("nodes", bytes(JSON.stringify(savedNodes({ nodes: [CHARLIE], deleted: [] }))));
    writeFileSync(join(directory, "hb_generation"), "     1795370000\n");
    expect(await nodesOf(lifeOf())).toEqual({ nodes: [CHARLIE], deleted: [] });
  });

  it("makes nothing where heartbeat never ran, and believes no damaged file", async () => {
    await store.write("generation", bytes("5\n"));
    await store.write("nodes", bytes(JSON.stringify(savedNodes({ nodes: [CHARLIE], deleted: [] }))));
    expect(readdirSync(directory)).toEqual(["own"]);
    writeFileSync(join(directory, "hb_uuid"), "short");
    writeFileSync(join(directory, "hb_generation"), "garbage\n");
    expect(await store.read("uuid")).toBeUndefined();
    expect(text(await store.read("generation"))).toBe("5\n");
    expect(troubles).toEqual([]);
  });
});
