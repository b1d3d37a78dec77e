// Keeps the programs of ha.cf running (`respawn`, `failfast`) as long as the node takes part, by heartbeat's rules.
import type { ClientProgram } from "@systole/core";
import type { Clock, Logger } from "@systole/core/ports";
import { startClient, type ClientProcess } from "./client-process.js";
import { isFatal, judgeExit, type ClientExit } from "./restart-rule.js";

export interface SupervisorInit {
  readonly clients: readonly ClientProgram[];
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Logger;
  /** A `failfast` program has ended unasked: the node has to end. Called at most once; `reason` is a sentence. */
  readonly fatal: (reason: string) => void;
  /** How long a program may take to end after SIGTERM. Default 10000. */
  readonly killAfterMs?: number;
  /** Tests replace it. */
  readonly startProcess?: typeof startClient;
}

interface Client {
  readonly program: ClientProgram;
  shortRuns: number;
  running: ClientProcess | undefined;
  cancelPause: (() => void) | undefined;
}

const KILL_AFTER_MS = 10_000;

export class ClientSupervisor {
  private readonly clients: readonly Client[];
  private starting: Promise<void> = Promise.resolve();
  private isLeaving = false;
  private isFatal = false;

  constructor(private readonly init: SupervisorInit) {
    this.clients = init.clients.map((program) => ({
      program,
      shortRuns: 0,
      running: undefined,
      cancelPause: undefined,
    }));
  }

  /** Starts them in order. What fails is logged and follows the same rules as a program that ends. */
  start(): void {
    for (const client of this.clients) this.startLater(client);
  }

  /** The node is about to leave: from now on no end matters, and nothing is started again. */
  leaving(): void {
    this.isLeaving = true;
    for (const client of this.clients) client.cancelPause?.();
  }

  /** Resolves when all have ended, one after the other in the reverse order. */
  async stop(): Promise<void> {
    this.leaving();
    await this.starting;
    for (const { program, running } of this.clients.toReversed()) {
      if (running !== undefined) await this.end(program, running);
    }
  }

  // One at a time: the order of the file is the order of the starts.
  private startLater(client: Client): void {
    this.starting = this.starting.then(() => this.startOne(client));
  }

  private async startOne(client: Client): Promise<void> {
    if (this.isLeaving) return;
    const { program } = client;
    const begunMs = this.init.clock.nowMs();
    try {
      const running = await (this.init.startProcess ?? startClient)(program, this.init.environment);
      client.running = running;
      this.init.log.info("client.started", {
        command: program.command,
        user: program.user,
        pid: running.pid,
      });
      void running.exited.then((exit) => this.ended(client, exit, begunMs));
    } catch (error) {
      this.init.log.error("client.start-failed", { command: program.command, user: program.user, error });
      this.ended(client, { code: 1, signal: null }, begunMs);
    }
  }

  private ended(client: Client, exit: ClientExit, begunMs: number): void {
    client.running = undefined;
    if (this.isLeaving) return;
    const { program } = client;
    const { log, clock } = this.init;
    log.warn("client.ended", { command: program.command, ...exit });
    if (program.kind === "failfast" && isFatal(exit)) return this.giveUp(program, exit);
    const verdict = judgeExit(exit, clock.nowMs() - begunMs, client.shortRuns);
    switch (verdict.kind) {
      case "done":
        return log.info("client.done", {
          command: program.command,
          advice: "it asked not to be started again",
        });
      case "too-fast":
        return log.error("client.respawning-too-fast", {
          command: program.command,
          shortRuns: verdict.shortRuns,
          advice: "it stays down; see why it ends, and restart the node",
        });
      case "restart":
        client.shortRuns = verdict.shortRuns;
        client.cancelPause = clock.wakeAt(clock.nowMs() + verdict.pauseMs, () => this.startLater(client));
    }
  }

  private giveUp(program: ClientProgram, { code, signal }: ClientExit): void {
    if (this.isFatal) return;
    this.isFatal = true;
    const how = signal === null ? `exited with ${code}` : `was ended by ${signal}`;
    const reason = `the failfast program ${program.program} ${how}: this node gives up what it holds and ends`;
    this.init.log.error("client.failfast", { command: program.command, reason });
    this.init.fatal(reason);
  }

  private async end(program: ClientProgram, running: ClientProcess): Promise<void> {
    const { clock, log } = this.init;
    running.signal("SIGTERM");
    const cancelKill = clock.wakeAt(clock.nowMs() + (this.init.killAfterMs ?? KILL_AFTER_MS), () => {
      log.warn("client.killed", { command: program.command, advice: "it did not end after SIGTERM" });
      running.signal("SIGKILL");
    });
    const exit = await running.exited;
    cancelKill();
    // What it has started itself ends with it.
    running.signal("SIGKILL");
    log.info("client.stopped", { command: program.command, ...exit });
  }
}
