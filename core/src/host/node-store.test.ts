// What does the store read after a crash at the worst moment?
import {
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  symlink,
  writeFile,
  mkdir,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FileStore } from "./node-store.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : new TextDecoder().decode(value);

let root = "";
let directory = "";
let store: FileStore;
const stored = async (name = "generation"): Promise<string | undefined> => text(await store.read(name));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "systole-store-"));
  directory = join(root, "var", "state");
  store = new FileStore(directory);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("FileStore", () => {
  test("missing directory and missing value read as undefined and make nothing", async () => {
    expect(await stored()).toBeUndefined();
    await store.remove("generation");
    expect(await readdir(root)).toEqual([]);
  });

  test("does not write through a link that somebody has put where it writes first", async () => {
    const victim = join(root, "victim");
    await writeFile(victim, "untouched");
    await mkdir(directory, { recursive: true });
    await symlink(victim, join(directory, "generation.tmp"));
    await store.write("generation", bytes("1"));
    expect([await readFile(victim, "utf8"), await stored()]).toEqual(["untouched", "1"]);
  });

  test("returns what was written, to this and to the next process; files are private", async () => {
    await store.write("generation", bytes("1"));
    await store.write("generation", bytes("2"));
    await store.write("empty", new Uint8Array(0));
    store = new FileStore(directory);
    expect(await stored()).toBe("2");
    expect((await store.read("empty"))?.length).toBe(0);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, "generation"))).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).toSorted()).toEqual(["empty", "generation", "generation.prev"]);
  });

  test("remove takes the previous value too", async () => {
    await store.write("generation", bytes("1"));
    await store.write("generation", bytes("2"));
    await store.remove("generation");
    expect(await stored()).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });

  test("writes to one name happen in order, and a read between them sees a whole value", async () => {
    const writes = Array.from({ length: 40 }, (_, index) => store.write("generation", bytes(String(index))));
    const seen = stored();
    const buffer = bytes("last");
    writes.push(store.write("generation", buffer));
    buffer.fill(0);
    expect(await seen).toBe("39");
    await Promise.all(writes);
    expect(await stored()).toBe("last");
  });

  test.each(["", "a/b", "..", "Generation", "a.prev", "x".repeat(101)])(
    "refuses the name %j",
    async (name) => {
      await expect(store.write(name, bytes("1"))).rejects.toMatchObject({ code: "STORE_FAILED" });
      await expect(store.read(name)).rejects.toMatchObject({ code: "STORE_FAILED" });
    },
  );
});

describe("FileStore after damage", () => {
  const current = (): string => join(directory, "generation");

  test("a file torn at any byte reads as the previous value, and the next write keeps that one", async () => {
    await store.write("generation", bytes("previous"));
    await store.write("generation", bytes("latest"));
    const whole = await readFile(current());
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(current(), whole);
      await truncate(current(), length);
      expect(await stored(), `torn at byte ${length}`).toBe("previous");
    }
    await store.write("generation", bytes("next"));
    expect(await stored()).toBe("next");
    await truncate(current(), 3);
    expect(await stored()).toBe("previous");
  });

  test("a first value torn at any byte reads as undefined", async () => {
    await store.write("generation", bytes("first"));
    const whole = await readFile(current());
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(current(), whole.subarray(0, length));
      expect(await stored(), `torn at byte ${length}`).toBeUndefined();
    }
  });

  test("any flipped byte is noticed", async () => {
    await store.write("generation", bytes("previous"));
    await store.write("generation", bytes("latest"));
    const whole = await readFile(current());
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x20;
      await writeFile(current(), damaged);
      expect(await stored(), `flipped at byte ${at}`).toBe("previous");
    }
  });

  test("a crash between the two renames, and one before them, lose nothing", async () => {
    await store.write("generation", bytes("kept"));
    await writeFile(`${current()}.tmp`, "half a wri");
    expect(await stored()).toBe("kept");
    await rename(current(), `${current()}.prev`);
    expect(await stored()).toBe("kept");
    await store.write("generation", bytes("next"));
    expect(await stored()).toBe("next");
  });

  test("an oversized or garbage file is damage; two of them are an error that names the file", async () => {
    await store.write("generation", bytes("previous"));
    await store.write("generation", bytes("latest"));
    await writeFile(current(), Buffer.alloc(2_000_000, 7));
    expect(await stored()).toBe("previous");
    await writeFile(`${current()}.prev`, "garbage\n");
    await expect(stored()).rejects.toMatchObject({ code: "STORE_FAILED", details: { path: current() } });
    await store.write("generation", bytes("healed"));
    expect(await stored()).toBe("healed");
  });
});

describe("FileStore where it cannot write", () => {
  test("names the path and the errno, and works again once the cause is gone", async () => {
    await writeFile(join(root, "var"), "a file where a directory should be");
    await expect(store.write("generation", bytes("1"))).rejects.toMatchObject({
      code: "STORE_FAILED",
      retryable: false,
      message: expect.stringContaining(directory),
      details: { path: join(directory, "generation"), errno: "ENOTDIR" },
    });
    await expect(stored()).rejects.toMatchObject({ details: { errno: "ENOTDIR" } });
    await rm(join(root, "var"));
    await store.write("generation", bytes("1"));
    expect(await stored()).toBe("1");
  });

  test("a directory in the place of a value is an error, and leaves the old value", async () => {
    await mkdir(join(directory, "generation.tmp"), { recursive: true });
    await expect(store.write("generation", bytes("1"))).rejects.toMatchObject({
      details: { errno: "EISDIR" },
    });
    await expect(store.write("other", new Uint8Array(2_000_000))).rejects.toMatchObject({
      code: "STORE_FAILED",
    });
    expect(await stored("other")).toBeUndefined();
  });
});
