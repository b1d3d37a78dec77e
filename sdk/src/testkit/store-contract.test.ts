import { SystoleError, type Store } from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { runContract } from "./contract.js";
import { contractFor } from "./contracts.js";
import { MemoryStore } from "./memory-store.js";
import type { StoreSubject } from "./store-contract.js";

function memorySubject(): StoreSubject {
  const disk = new Map<string, Uint8Array>();
  // A torn write never reaches the map, which is what a temporary file that was not renamed looks like.
  return { open: () => new MemoryStore(disk), tear: async () => undefined };
}

/** Each breaks one promise; the case named must notice. */
class Forgetful extends MemoryStore {
  constructor() {
    super(new Map());
  }
}
class Sharing extends MemoryStore {
  override async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.read(name);
    this.disk.set(name, bytes);
  }
}
class Appending extends MemoryStore {
  override async write(name: string, bytes: Uint8Array): Promise<void> {
    const before = (await this.read(name)) ?? new Uint8Array();
    await super.write(name, Uint8Array.of(...before, ...bytes));
  }
}
class Trusting extends MemoryStore {
  override read = async (name: string) => this.disk.get(name)?.slice();
  override write = async (name: string, bytes: Uint8Array) => void this.disk.set(name, bytes.slice());
}
class NullReading extends MemoryStore {
  override read = (name: string) => super.read(name).then((bytes) => bytes ?? new Uint8Array());
}
class Fussy extends MemoryStore {
  override async remove(name: string): Promise<void> {
    if ((await this.read(name)) === undefined) throw new SystoleError("STORE_FAILED", "nothing to remove");
    await super.remove(name);
  }
}
/** Writes one half at once and the other when it finds the time: earlier writers find it later. */
class Halving extends MemoryStore {
  override async write(name: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length < 2) return super.write(name, bytes);
    await super.write(name, bytes);
    const half = bytes.length >> 1;
    for (let turn = bytes[0] ?? 0; turn < 100; turn += 1) await Promise.resolve();
    const stored = (await this.read(name)) ?? new Uint8Array();
    stored.set(bytes.subarray(0, half));
    return super.write(name, stored);
  }
}

const wrong: readonly (readonly [string, (disk: Map<string, Uint8Array>) => Store, string])[] = [
  ["forgets at a restart", () => new Forgetful(), "survives-restart"],
  ["shares its bytes", (disk) => new Sharing(disk), "owns-its-bytes"],
  ["appends", (disk) => new Appending(disk), "replaces"],
  ["trusts names", (disk) => new Trusting(disk), "refuses-bad-names"],
  ["reads nothing as empty", (disk) => new NullReading(disk), "missing-is-undefined"],
  ["minds missing values", (disk) => new Fussy(disk), "removes"],
  ["writes piece by piece", (disk) => new Halving(disk), "writes-are-whole"],
];

describe("storeContract", () => {
  it("finds nothing wrong with a store in memory", async () => {
    const results = await runContract(contractFor("store"), { open: memorySubject });
    expect(results.filter((result) => result.outcome !== "passed")).toEqual([]);
  });

  it.each(wrong)("catches a store that %s", async (_, make, id) => {
    const results = await runContract(contractFor("store"), {
      open: () => {
        const disk = new Map<string, Uint8Array>();
        return { open: () => make(disk) };
      },
    });
    expect(results.find((result) => result.id === id)).toMatchObject({ outcome: "failed" });
  });

  it("catches a torn write that is read", async () => {
    const results = await runContract(contractFor("store"), {
      open: () => {
        const disk = new Map<string, Uint8Array>();
        return {
          open: () => new MemoryStore(disk),
          tear: async (name, bytes) => void disk.set(name, bytes.slice(0, 1)),
        };
      },
    });
    expect(results.find((result) => result.id === "torn-write-reads-as-before")?.outcome).toBe("failed");
  });
});
