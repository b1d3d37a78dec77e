// Stores that are wrong on purpose.
import { SystoleError, type Store } from "@systole/core/ports";
import type { SubjectSource } from "../contract.js";
import { MemoryStore } from "../memory-store.js";
import type { StoreSubject } from "../store-contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

type Disk = Map<string, Uint8Array>;
/** What a power cut leaves of a write. */
type Tear = (disk: Disk, name: string, bytes: Uint8Array) => void;

/** A temporary file that was not renamed. */
const harmless: Tear = () => undefined;
const halfWritten: Tear = (disk, name, bytes) => void disk.set(name, bytes.slice(0, 1));

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

class TextOnly extends MemoryStore {
  override write = (name: string, bytes: Uint8Array) =>
    MemoryStore.prototype.write.call(this, name, new TextEncoder().encode(new TextDecoder().decode(bytes)));
}

function source(make: (disk: Disk) => Store, tear: Tear = harmless): SubjectSource<StoreSubject> {
  return {
    open: () => {
      const disk: Disk = new Map();
      return { open: () => make(disk), tear: async (name, bytes) => tear(disk, name, bytes) };
    },
  };
}

function wrong(
  name: string,
  caughtBy: string,
  make: (disk: Disk) => Store,
  tear?: Tear,
): WrongSubject<StoreSubject> {
  return { name, source: source(make, tear), caughtBy: [caughtBy] };
}

export const stores: ContractTrial<StoreSubject> = {
  right: source((disk) => new MemoryStore(disk)),
  wrong: [
    wrong("forgets at a restart", "survives-restart", () => new Forgetful()),
    wrong("shares its bytes", "owns-its-bytes", (disk) => new Sharing(disk)),
    wrong("appends", "replaces", (disk) => new Appending(disk)),
    wrong("trusts names", "refuses-bad-names", (disk) => new Trusting(disk)),
    wrong("reads nothing as empty", "missing-is-undefined", (disk) => new NullReading(disk)),
    wrong("minds missing values", "removes", (disk) => new Fussy(disk)),
    wrong("writes piece by piece", "writes-are-whole", (disk) => new Halving(disk)),
    wrong("reads a torn write", "torn-write-reads-as-before", (disk) => new MemoryStore(disk), halfWritten),
    wrong("forgets what is not text", "reads-what-was-written", (disk) => new TextOnly(disk)),
  ],
};
