// What a piece of work leaves open in the runtime: timers, sockets, programs. Told apart from what the test runner opens by
// the context in which it was opened, where the runtime can tell (Node).

interface Context {
  run<Result>(store: unknown, work: () => Result): Result;
  getStore(): unknown;
}

interface AsyncHooks {
  readonly AsyncLocalStorage: new () => Context;
  createHook(callbacks: { init(id: number, type: string): void; destroy(id: number): void }): {
    enable(): unknown;
    disable(): unknown;
  };
}

/** Kinds of handles that outlive the call which opened them, in words. */
const KINDS: Readonly<Record<string, string>> = {
  Timeout: "timers",
  TCPSERVERWRAP: "listening sockets",
  TCPWRAP: "connections",
  TLSWRAP: "TLS connections",
  UDPWRAP: "UDP sockets",
  PIPEWRAP: "pipes",
  PIPESERVERWRAP: "listening local sockets",
  PROCESSWRAP: "programs",
  FSEVENTWRAP: "watched files",
  STATWATCHER: "watched files",
  SIGNALWRAP: "signal handlers",
  TTYWRAP: "terminals",
  WORKER: "threads",
};

/** How long handles may take to close after they were told to. */
const CLOSING_MS = 500;
const POLL_MS = 10;

/** Counts the handles that `watch`ed work opens, and whatever follows from it, until `end`. */
export class OpenedHandles {
  readonly #open = new Map<number, string>();
  readonly #context: Context | undefined;
  readonly #hook: { enable(): unknown; disable(): unknown } | undefined;

  constructor() {
    const hooks = asyncHooks();
    if (hooks === undefined) return;
    const context = new hooks.AsyncLocalStorage();
    this.#context = context;
    this.#hook = hooks.createHook({
      init: (id, type) => {
        const kind = KINDS[type];
        if (kind !== undefined && context.getStore() === this) this.#open.set(id, kind);
      },
      destroy: (id) => void this.#open.delete(id),
    });
    this.#hook.enable();
  }

  watch<Result>(work: () => Result): Result {
    return this.#context === undefined ? work() : this.#context.run(this, work);
  }

  /** What is open, as sentences, after a moment in which things may close. */
  async left(): Promise<readonly string[]> {
    const untilMs = performance.now() + CLOSING_MS;
    while (this.#open.size > 0 && performance.now() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const counts = new Map<string, number>();
    for (const kind of this.#open.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return [...counts].map(([kind, count]) => `${count} ${kind} of the runtime`);
  }

  /** Counts no more. */
  end(): void {
    this.#hook?.disable();
  }
}

/** The runtime's module, without importing it: the testkit also runs where there is none. */
function asyncHooks(): AsyncHooks | undefined {
  const { process } = globalThis as {
    readonly process?: { readonly getBuiltinModule?: (name: string) => unknown };
  };
  return process?.getBuiltinModule?.("node:async_hooks") as AsyncHooks | undefined;
}
