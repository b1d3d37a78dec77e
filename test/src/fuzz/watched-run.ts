// One door's run in a thread of its own, watched from outside: a thread that hangs, dies or eats the memory is ended, and the input
// that did it is known, because it was written down before it was tried.
import { Worker } from "node:worker_threads";
import type { Finding } from "./fuzzer.js";
import { MAX_INPUT_BYTES } from "./mutate.js";
import { scratchDirectory } from "./scratch.js";

/** No input may keep the thread busy for longer. */
const HANG_MS = 30_000;
const LOOK_MS = 500;
const MEMORY_MB = 512;
/** Kept in memory that both see: length, count of inputs, and the input. */
const HEAD_WORDS = 2;

export interface DoorRun {
  readonly name: string;
  readonly seed: number;
  readonly forMs: number;
}

export interface DoorReport {
  readonly executions: number;
  readonly outcomes: readonly (readonly [outcome: string, shortest: Uint8Array])[];
  readonly finding?: Pick<Finding, "bytes" | "why"> & { readonly stack: string };
}

/** What both threads see. */
export class Notebook {
  readonly #head: Int32Array;
  readonly #input: Uint8Array;

  constructor(readonly memory = new SharedArrayBuffer(HEAD_WORDS * 4 + MAX_INPUT_BYTES)) {
    this.#head = new Int32Array(memory, 0, HEAD_WORDS);
    this.#input = new Uint8Array(memory, HEAD_WORDS * 4);
  }

  write(bytes: Uint8Array): void {
    this.#input.set(bytes.subarray(0, MAX_INPUT_BYTES));
    Atomics.store(this.#head, 0, Math.min(bytes.length, MAX_INPUT_BYTES));
    Atomics.add(this.#head, 1, 1);
  }

  get count(): number {
    return Atomics.load(this.#head, 1);
  }

  /** The one that is being tried. */
  get input(): Uint8Array {
    return this.#input.slice(0, Atomics.load(this.#head, 0));
  }
}

export function watchedRun(run: DoorRun, onCount: (executions: number) => void): Promise<DoorReport> {
  const notebook = new Notebook();
  const scratch = scratchDirectory();
  const worker = new Worker(new URL("./door-thread.js", import.meta.url), {
    workerData: { run, memory: notebook.memory },
    env: { ...process.env, TMPDIR: scratch.directory },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise((resolve) => {
    let lastCount = -1;
    let sinceMs = Date.now();
    let isOver = false;
    const end = (report: DoorReport): void => {
      if (isOver) return;
      isOver = true;
      clearInterval(look);
      void worker.terminate().finally(() => {
        scratch.remove();
        resolve(report);
      });
    };
    const broken = (why: string, stack = why): void =>
      end({ executions: notebook.count, outcomes: [], finding: { bytes: notebook.input, why, stack } });
    const look = setInterval(() => {
      const { count } = notebook;
      onCount(count);
      if (count !== lastCount) [lastCount, sinceMs] = [count, Date.now()];
      else if (Date.now() - sinceMs > HANG_MS) broken("it hangs");
    }, LOOK_MS);
    worker.on("message", (report: DoorReport) => end(report));
    worker.on("error", (error: Error) => broken(`the thread died: ${error.message}`, error.stack));
    worker.on("exit", () => broken("the thread has ended"));
  });
}
