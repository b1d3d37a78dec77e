import { describe, expect, it } from "vitest";
import type { Store } from "../ports/index.js";
import { nextIdentity, uuidOfName } from "./identity.js";

function storeOf(values: Record<string, string>): Store & { readonly values: Map<string, Uint8Array> } {
  const values_ = new Map(
    Object.entries(values).map(([name, text]) => [name, new TextEncoder().encode(text)]),
  );
  return {
    values: values_,
    read: async (name) => values_.get(name),
    write: async (name, bytes) => void values_.set(name, bytes),
    remove: async (name) => void values_.delete(name),
  };
}

const random = (count: number): Uint8Array => new Uint8Array(count).fill(7);
const WALL_MS = 1_800_000_000_000;
const WALL_SECONDS = 1_800_000_000;

describe("the identity of a node", () => {
  it.each([
    ["nothing is known", {}, WALL_SECONDS],
    ["the file is torn", { generation: "18x" }, WALL_SECONDS],
    ["it was counted up beyond the clock", { generation: `${WALL_SECONDS + 5}\n` }, WALL_SECONDS + 6],
    ["the clock was set back", { generation: "1900000000\n" }, 1_900_000_001],
    ["the clock went on", { generation: "1700000000\n" }, WALL_SECONDS],
  ])("has a generation that never goes back: %s", async (_name, values, expected) => {
    const store = storeOf(values);
    const identity = await nextIdentity(store, WALL_MS, random);
    expect(identity.generation).toBe(expected);
    expect((await nextIdentity(store, 0, random)).generation).toBe(expected + 1);
  });

  it("keeps its uuid, and makes one when there is none that can be read", async () => {
    const store = storeOf({ uuid: "short" });
    const first = await nextIdentity(store, WALL_MS, random);
    expect(first.uuid).toEqual(random(16));
    const second = await nextIdentity(store, WALL_MS, () => new Uint8Array(16));
    expect(second.uuid).toEqual(first.uuid);
  });

  it("stores the generation before it is used", async () => {
    const store = storeOf({});
    const failing: Store = { ...store, write: async () => Promise.reject(new Error("disk full")) };
    await expect(nextIdentity(failing, WALL_MS, random)).rejects.toThrow("disk full");
  });
});

it("a uuid made of a name is always the same, and another for another name; nothing is stored", async () => {
  const store = storeOf({});
  const random = (): Uint8Array => {
    throw new Error("no randomness is needed");
  };
  const { uuid } = await nextIdentity(store, WALL_MS, random, "master");
  expect(uuid).toEqual(uuidOfName("master"));
  expect(await store.read("uuid")).toBeUndefined();
  const uuids = new Set(Array.from({ length: 1000 }, (_, index) => uuidOfName(`node${index}`).join()));
  expect(uuids.size).toBe(1000);
});
