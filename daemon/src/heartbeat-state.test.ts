import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
    const own = new FileStore(join(directory, "own"));
    store = new HeartbeatState(own, directory, (path) => void troubles.push(path));
  });

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

  it("prefers the greater generation, and its own uuid once it has one", async () => {
    await store.write("generation", bytes("1795370000\n"));
    await store.write("uuid", new Uint8Array(16).fill(1));
    writeFileSync(join(directory, "hb_uuid"), Buffer.alloc(16, 7));
    writeFileSync(join(directory, "hb_generation"), "     1795361532\n");
    expect(text(await store.read("generation"))).toBe("1795370000\n");
    expect(await store.read("uuid")).toEqual(new Uint8Array(16).fill(1));
  });

  it("makes nothing where heartbeat never ran, and believes no damaged file", async () => {
    await store.write("generation", bytes("5\n"));
    expect(readdirSync(directory)).toEqual(["own"]);
    writeFileSync(join(directory, "hb_uuid"), "short");
    writeFileSync(join(directory, "hb_generation"), "garbage\n");
    expect(await store.read("uuid")).toBeUndefined();
    expect(text(await store.read("generation"))).toBe("5\n");
    expect(troubles).toEqual([]);
  });
});
