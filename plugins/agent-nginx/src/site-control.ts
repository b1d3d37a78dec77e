// What is done to one nginx: launched, renewed, drained, ended. Whether it should be is the agent's affair.
import type { Clock, Logger, OperationResult, Processes } from "@systole/sdk";
import { endProcesses, pause, survivors } from "./ending.js";
import { becomesReady } from "./readiness.js";
import { removeRecord } from "./record.js";
import { renewWorkers } from "./renewal.js";
import { pidsOf, survey, type Site, type Survey } from "./survey.js";
import { removePidFile, removeUnixSockets } from "./traces.js";
import { failed, inThePlace, notHere, timeout, wordsOf } from "./words.js";

/** The caller's signal ends an operation; these bound one whose caller forgot to. */
const TEST_TIMEOUT_MS = 60_000;
const LAUNCH_TIMEOUT_MS = 60_000;
/** Between its fork and its own name, a master cannot be recognised: how long to let it come out. */
const UNRECOGNISED_MS = 50;
/** A stop looks again at what its signals left, and no more often than this. */
const STOP_ROUNDS = 3;
/** What a stop gives SIGQUIT, and then SIGTERM, to work: what was to be waited for has been drained before. */
const GRACE_MS = 100;

export class SiteControl {
  readonly #processes: Processes;
  readonly #log: Logger;
  readonly #clock: Clock;

  constructor(processes: Processes, log: Logger, clock: Clock) {
    this.#processes = processes;
    this.#log = log;
    this.#clock = clock;
  }

  /** From nothing, or from what is left of an earlier one, to an nginx that accepts. Undefined when it does. */
  async bringUp(site: Site, before: Survey, signal: AbortSignal): Promise<OperationResult | undefined> {
    return (
      (await this.#test(site, signal)) ??
      (await this.#clear(site, before, signal)) ??
      (await this.#launch(site, signal))
    );
  }

  /** Loads the configuration on disk, if nginx accepts it. Undefined when it did; else the old one stays. */
  async reload(site: Site, { masters }: Survey, signal: AbortSignal): Promise<OperationResult | undefined> {
    const refused = await this.#test(site, signal);
    if (refused !== undefined) return refused;
    const [master] = masters;
    const retired = master && (await renewWorkers(master, this.#clock, signal));
    if (signal.aborted) return timeout("nginx was still loading its configuration");
    return retired === undefined ? failed("nginx kept its old configuration: see its error log") : undefined;
  }

  /**
   * Lets requests that are under way finish, at most `withinMs`, while new ones are served: the address is still here, and
   * a client that is refused has waited for nothing.
   */
  async drain({ masters: [master] }: Survey, withinMs: number, signal: AbortSignal): Promise<void> {
    if (master === undefined || withinMs === 0) return;
    const startedAt = this.#clock.nowMs();
    const retired = await renewWorkers(master, this.#clock, signal);
    if (retired === undefined) {
      this.#log.warn("nginx.drain-skipped", { why: "its master does not replace its workers" });
      return;
    }
    const leftMs = withinMs - (this.#clock.nowMs() - startedAt);
    const left = await survivors(retired, leftMs, this.#clock, signal);
    if (left.length > 0) this.#log.warn("nginx.drain-ended", { withinMs, workersLeft: left.length });
  }

  /** Ends every process of the site. Undefined when none is left. With `graceMs` 0 at once and for certain. */
  async end(site: Site, signal: AbortSignal, graceMs = GRACE_MS): Promise<OperationResult | undefined> {
    let pids = "";
    for (let round = 0; round <= STOP_ROUNDS; round += 1) {
      const { masters, orphans } = await survey(site);
      const roots = [...masters, ...orphans];
      if (roots.length === 0) {
        await removePidFile(site.configuration);
        await removeRecord(site.configuration);
        await removeUnixSockets(site.configuration);
        return undefined;
      }
      pids = pidsOf(roots);
      const ending = await endProcesses(roots, graceMs, this.#clock, signal);
      if (ending.kind === "aborted") return timeout(`nginx (pid ${pids}) was still ending`);
      if (ending.kind === "left") return failed(`nginx processes ${ending.pids.join(", ")} survive SIGKILL`);
    }
    return failed(
      `nginx comes back whenever it is ended (last seen: pid ${pids}): is another program starting it?`,
    );
  }

  /** Lets nginx judge the configuration, before anything that is there is touched. */
  async #test({ build, configuration }: Site, signal: AbortSignal): Promise<OperationResult | undefined> {
    const test = await this.#processes.run(
      { command: build.binary, args: ["-t", "-q", "-c", configuration.file], timeoutMs: TEST_TIMEOUT_MS },
      signal,
    );
    if (test.timedOut) return timeout(`${build.binary} -t was ended before it answered`);
    return test.exitCode === 0 ? undefined : notHere(wordsOf(test));
  }

  /** Makes room: what is left of an earlier nginx of ours is ended; a stranger is named, and left alone. */
  async #clear(site: Site, before: Survey, signal: AbortSignal): Promise<OperationResult | undefined> {
    if (before.state !== "stopped") {
      this.#log.warn("nginx.leftovers-ended", { why: before.why });
      const ended = await this.end(site, signal, 0);
      if (ended !== undefined) return ended;
    }
    await removeUnixSockets(site.configuration);
    const [stranger] = before.foreign;
    return stranger === undefined ? undefined : failed(await inThePlace(stranger));
  }

  async #launch(site: Site, signal: AbortSignal): Promise<OperationResult | undefined> {
    const { build, configuration } = site;
    const launch = await this.#processes.run(
      { command: build.binary, args: ["-c", configuration.file], timeoutMs: LAUNCH_TIMEOUT_MS },
      signal,
    );
    if (!launch.timedOut && launch.exitCode !== 0) {
      const [stranger] = (await survey(site)).foreign;
      const reason = wordsOf(launch);
      return failed(stranger === undefined ? reason : `${reason}; ${await inThePlace(stranger)}`);
    }
    const ready = launch.timedOut ? "aborted" : await becomesReady(site, this.#clock, signal);
    if (ready === "ready") return undefined;
    // A master that is not recognised yet would be missed by what ends it.
    if (ready === "aborted") await pause(UNRECOGNISED_MS, this.#clock, new AbortController().signal);
    return this.undo(
      site,
      ready === "aborted"
        ? timeout("nginx was not ready in time, and was ended")
        : failed(`${ready.reason}; see the error log of nginx`),
    );
  }

  /** Ends what was begun, though the caller's patience has ended: the next node is about to start its own. */
  async undo(site: Site, answer: OperationResult): Promise<OperationResult> {
    const left = await this.end(site, new AbortController().signal, 0);
    return !answer.ok && answer.kind === "timeout" ? answer : (left ?? answer);
  }
}
