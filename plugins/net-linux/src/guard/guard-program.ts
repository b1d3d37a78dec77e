// The guard: a process of its own beside the daemon, which removes the daemon's addresses when the daemon cannot.
// Run as `node guard-program.js AFTER_MS BACKEND`, with the daemon's orders on standard input.
import { writeSync } from "node:fs";
import { argv, exit, stdin } from "node:process";
import { SystoleError, type GuardedAddress, type Logger, type NetworkAddresses } from "@systole/sdk";
import type { NetLinuxConfig } from "../net-linux-config.js";
import { openBackEnd } from "../open-back-end.js";
import { GuardDuty } from "./guard-duty.js";
import { LineBuffer, parseOrder, reportLine, type GuardReport } from "./guard-lines.js";
import { GUARD_LIMITS } from "./limits.js";
import { monotonicMs } from "./monotonic.js";
import { becomeUrgent } from "./urgency.js";

const STDOUT = 1;
const STDERR = 2;
/** Whoever ends the daemon's whole service does not thereby decide that its addresses stay. */
const NOT_FOR_THE_GUARD = ["SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE"] as const;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

class Guard {
  readonly #duty: GuardDuty;
  readonly #network: NetworkAddresses;
  readonly #lines = new LineBuffer();
  #timer: NodeJS.Timeout | undefined;
  #removing: Promise<void> | undefined;
  #failedRounds = 0;
  #orphaned = false;

  constructor(afterMs: number, network: NetworkAddresses) {
    this.#duty = new GuardDuty(afterMs);
    this.#network = network;
  }

  start(): void {
    stdin.setEncoding("utf8");
    stdin.on("data", (piece: string) => this.#heard(piece));
    // Both follow an end of the daemon, one or the other first.
    for (const event of ["end", "close", "error"]) stdin.on(event, () => this.#deserted());
  }

  #heard(piece: string): void {
    for (const line of this.#lines.take(piece)) {
      const order = parseOrder(line);
      if (order !== undefined) this.#duty.hear(order, monotonicMs());
    }
    tell({ kind: "read" });
    this.#look();
  }

  /** A timer stands for the moment at which silence would be too long; signs of life in between only move what it finds. */
  #look(): void {
    if (this.#timer !== undefined || this.#removing !== undefined || this.#orphaned) return;
    const judgement = this.#duty.judge(monotonicMs());
    if (judgement.kind === "rest") {
      if (Number.isFinite(judgement.untilMs)) this.#lookAt(judgement.untilMs);
      return;
    }
    this.#remove(judgement.silentMs, judgement.silence);
  }

  #lookAt(atMs: number): void {
    this.#timer = setTimeout(
      () => {
        // The loop reads the pipe before this: what waits there may say that the daemon lives.
        setImmediate(() => {
          this.#timer = undefined;
          this.#look();
        });
      },
      Math.max(1, Math.ceil(atMs - monotonicMs())),
    );
  }

  #remove(silentMs: number, silence: number): void {
    const addresses = this.#duty.held.map(({ address }) => address);
    this.#removing = this.#removeAll().then((failures) => {
      this.#removing = undefined;
      this.#failedRounds = failures.length === 0 ? 0 : this.#failedRounds + 1;
      const again = failures.length > 0 && this.#failedRounds < GUARD_LIMITS.removals;
      // The daemon may be back meanwhile: then it is not tried again.
      if (again) return this.#lookAt(monotonicMs() + GUARD_LIMITS.removalPauseMs);
      this.#duty.settle(silence);
      tell({ kind: "removed", addresses, silentMs: Math.round(silentMs), failures });
      return this.#look();
    });
  }

  /** Returns why those that are there still could not be removed. */
  async #removeAll(): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const one of this.#duty.held) {
      await this.#network.remove(one).catch((error: unknown) => {
        if (!isInterfaceMissing(error)) failures.push(String(error));
      });
    }
    return failures;
  }

  #deserted(): void {
    if (this.#orphaned) return;
    this.#orphaned = true;
    const { held } = this.#duty;
    if (held.length === 0) exit(0);
    void this.#endFor(held);
  }

  async #endFor(held: readonly GuardedAddress[]): Promise<never> {
    await this.#removing;
    let failures = await this.#removeAll();
    for (let round = 1; failures.length > 0 && round < GUARD_LIMITS.removals; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, GUARD_LIMITS.removalPauseMs));
      failures = await this.#removeAll();
    }
    const names = held.map((one) => `${one.address}/${one.prefixLength} from ${one.interface}`).join(", ");
    if (failures.length === 0) complain(`the daemon has ended without giving them up: removed ${names}`);
    else complain(`the daemon has ended, and these could not be removed: ${failures.join("; ")}`);
    exit(failures.length === 0 ? 0 : 1);
  }
}

function isInterfaceMissing(error: unknown): boolean {
  return error instanceof SystoleError && error.code === "INTERFACE_NOT_FOUND";
}

function tell(report: GuardReport): void {
  write(STDOUT, reportLine(report));
}

function complain(sentence: string): void {
  write(STDERR, `systole guard: ${sentence}\n`);
}

/** Nobody may be there to hear it. */
function write(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // It is said for people; the addresses do not wait for them.
  }
}

const [, , after, backend] = argv;
for (const name of NOT_FOR_THE_GUARD) process.on(name, () => undefined);
process.title = "systole-guard";
const opened = openBackEnd({ backend: backend as NetLinuxConfig["backend"] }, silent);
const priority = becomeUrgent();
tell({ kind: "ready", priority });
new Guard(Number(after), opened.addresses).start();
