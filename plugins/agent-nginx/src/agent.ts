// nginx as a resource: started when it can serve, stopped when nothing of it is left, kept warm where it stands by.
import type {
  Clock,
  Logger,
  OperationResult,
  Processes,
  ResourceAgent,
  ResourceSpec,
  StopOptions,
} from "@systole/sdk";
import { Checks, unservedChecks } from "./checks.js";
import { pause } from "./ending.js";
import { NginxFinder } from "./find-nginx.js";
import { LoadedConfigurations } from "./loaded-configurations.js";
import { locate, type Located } from "./locate.js";
import { nonlocalProblem } from "./own-addresses.js";
import { readRecord, writeRecord, type SiteRecord } from "./record.js";
import { SiteControl } from "./site-control.js";
import { survey, type Survey } from "./survey.js";
import { answered, failed, notHere, timeout } from "./words.js";

/** How long a launched nginx may take until its checks pass, and how often they are asked. */
const CHECKS_PASS_WITHIN_MS = 10_000;
const CHECKS_EVERY_MS = 50;
const RUNNING: OperationResult = { ok: true, state: "running" };
const STOPPED: OperationResult = { ok: true, state: "stopped" };

/** One look at a resource. */
interface Sight extends Survey {
  readonly record: SiteRecord | undefined;
  /** False for an nginx that is only kept warm: it counts as stopped, however it is. */
  readonly forGroup: boolean;
}

/**
 * `NGINX_PARAMETERS` says what a resource can set. Several nginx with different configurations, or in different network
 * namespaces, do not disturb each other. A configuration with `daemon off` or `master_process off` is refused as `not-here`:
 * nginx forbids to say it twice, so it cannot be overruled, and a program in the foreground would be a child whose life
 * hangs on ours. UDP listeners are not watched.
 *
 * With `warm`, only an nginx that a start has taken for the group counts as running; one that nobody started for it, be it
 * by `warm` or at boot, counts as stopped until then. A stop ends both.
 */
export class NginxAgent implements ResourceAgent {
  readonly supports = { announce: false, warm: true };
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #finder: NginxFinder;
  readonly #control: SiteControl;
  readonly #checks: Checks;
  readonly #loaded: LoadedConfigurations;

  constructor(processes: Processes, log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#finder = new NginxFinder(processes);
    this.#control = new SiteControl(processes, log, clock);
    this.#checks = new Checks(log, clock);
    this.#loaded = new LoadedConfigurations(this.#control, log, clock);
  }

  start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return this.#located(resource, signal, async (located) => {
      const { site, problems } = located;
      const { digest } = site.configuration;
      const before = await this.#judged(located, await this.#look(located), signal);
      if (before.state === "running") {
        const loaded = before.forGroup
          ? before.record?.loaded
          : await this.#loaded.catchUp(located, before, signal);
        return this.#taken(located, loaded ?? digest);
      }
      if (problems.length > 0) return notHere(problems.join("; "));
      const refusal = await this.#control.bringUp(site, before, signal);
      if (refusal !== undefined) return refusal;
      const silent = await this.#checksFail(located, signal);
      if (silent !== undefined) return this.#control.undo(site, silent);
      return this.#taken(located, digest);
    });
  }

  stop(resource: ResourceSpec, signal: AbortSignal, options: StopOptions = {}): Promise<OperationResult> {
    return this.#located(resource, signal, async (located) => {
      const { site, parameters } = located;
      const skipped = await this.#whyNoDrain(located, options);
      if (parameters.drainMs > 0 && skipped !== undefined)
        this.#log.warn("nginx.drain-skipped", { why: skipped });
      const before = await survey(site);
      if (before.state === "running" && skipped === undefined)
        await this.#control.drain(before, parameters.drainMs, signal);
      if (signal.aborted) return timeout("nginx was still finishing requests");
      return (await this.#control.end(site, signal)) ?? STOPPED;
    });
  }

  status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return this.#located(resource, signal, async (located) => {
      const seen = await this.#look(located);
      if (!seen.forGroup) return STOPPED;
      const sight = await this.#judged(located, seen, signal);
      if (signal.aborted) return timeout("the look at nginx took too long");
      if (sight.state === "running") await this.#loaded.notice(located, sight, signal);
      return sight.state === "failed"
        ? { ok: true, state: "failed", reason: sight.why }
        : { ok: true, state: sight.state };
    });
  }

  /** Without the parameter `warm` there is nothing to do. */
  warm(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return this.#located(resource, signal, async (located) => {
      const { site, parameters, problems } = located;
      const { listens, digest } = site.configuration;
      const before = await this.#look(located);
      if (!parameters.warm) return STOPPED;
      if (before.forGroup && before.state !== "stopped") return { ok: true, state: before.state };
      if (before.state === "running") {
        await this.#loaded.catchUp(located, before, signal);
        return STOPPED;
      }
      const nonlocal = await nonlocalProblem(listens);
      const obstacles = nonlocal === undefined ? problems : [...problems, nonlocal];
      if (obstacles.length > 0) return notHere(obstacles.join("; "));
      // Before the launch: what an earlier life left must not make it look like one that serves.
      await writeRecord(site.configuration, { serving: false, loaded: digest });
      const refusal = await this.#control.bringUp(site, before, signal);
      if (refusal !== undefined) return refusal;
      await writeRecord(site.configuration, { serving: false, loaded: digest });
      return STOPPED;
    });
  }

  async validate(resource: ResourceSpec, signal: AbortSignal): Promise<readonly string[]> {
    const located = await locate(resource, this.#finder, signal);
    if (!located.ok) return located.answer.ok ? [] : [located.answer.reason];
    const { site, parameters, problems } = located;
    const { listens, digest } = site.configuration;
    // Of a configuration that cannot be read nothing more can be said.
    if (digest === "") return problems;
    const nonlocal = parameters.warm ? await nonlocalProblem(listens) : undefined;
    return [
      ...problems,
      ...unservedChecks(parameters, listens),
      ...(nonlocal === undefined ? [] : [nonlocal]),
    ];
  }

  #located(
    resource: ResourceSpec,
    signal: AbortSignal,
    operation: (located: Located) => Promise<OperationResult>,
  ): Promise<OperationResult> {
    return answered(async () => {
      const located = await locate(resource, this.#finder, signal);
      return located.ok ? operation(located) : located.answer;
    });
  }

  async #look({ site, parameters }: Located): Promise<Sight> {
    const record = await readRecord(site.configuration);
    return { ...(await survey(site)), record, forGroup: !parameters.warm || record?.serving === true };
  }

  /** What seems to run is asked whether it works. */
  async #judged({ parameters }: Located, sight: Sight, signal: AbortSignal): Promise<Sight> {
    if (sight.state !== "running") return sight;
    const why = await this.#checks.problem(parameters, sight.own, signal);
    return why === undefined ? sight : { ...sight, state: "failed", why };
  }

  async #whyNoDrain({ site }: Located, { urgent }: StopOptions): Promise<string | undefined> {
    if (urgent === true) return "another node may serve already";
    const loaded = (await readRecord(site.configuration))?.loaded;
    // Draining loads what is on disk: not for the last seconds, and not what nobody asked for.
    const changed = loaded !== undefined && loaded !== site.configuration.digest;
    return changed ? "its configuration was changed and not loaded yet" : undefined;
  }

  /** Waits until the checks pass. Undefined when they do. */
  async #checksFail(located: Located, signal: AbortSignal): Promise<OperationResult | undefined> {
    const until = this.#clock.nowMs() + CHECKS_PASS_WITHIN_MS;
    let last = "";
    for (;;) {
      const { state, why } = await this.#judged(located, await this.#look(located), signal);
      if (state === "running") return undefined;
      if (signal.aborted) return timeout(`nginx runs, and its checks did not pass in time: ${last || why}`);
      last = why || "nginx went away right after its start";
      if (state === "stopped" || this.#clock.nowMs() >= until) return failed(last);
      await pause(CHECKS_EVERY_MS, this.#clock, signal);
    }
  }

  /** Serves for the group from now on. */
  async #taken({ site, parameters }: Located, loaded: string): Promise<OperationResult> {
    try {
      await writeRecord(site.configuration, { serving: true, loaded });
    } catch (cause) {
      const reason = `cannot note beside ${site.configuration.pidFile} that nginx serves: ${String(cause)}`;
      if (parameters.warm) return failed(reason);
      this.#log.warn("nginx.record-failed", { reason });
    }
    return RUNNING;
  }
}
