// nginx as a resource: started when it can serve, stopped when nothing of it is left.
import { resolve } from "node:path";
import {
  SystoleError,
  type Clock,
  type Logger,
  type OperationResult,
  type Processes,
  type ProcessResult,
  type ResourceAgent,
  type ResourceSpec,
} from "@systole/sdk";
import { readConfiguration, unreadConfiguration, type NginxConfiguration } from "./configuration.js";
import { endProcesses, pause } from "./ending.js";
import { NginxFinder, type NginxBuild } from "./find-nginx.js";
import { parameterProblems, parametersOf } from "./parameters.js";
import { becomesReady } from "./readiness.js";
import { holderOf } from "./processes-of.js";
import { pidsOf, survey, type Site, type Survey } from "./survey.js";
import { removePidFile, removeUnixSockets } from "./traces.js";

/** The caller's signal ends an operation; these bound one whose caller forgot to. */
const TEST_TIMEOUT_MS = 60_000;
const LAUNCH_TIMEOUT_MS = 60_000;
/** Between its fork and its own name, a master cannot be recognised: how long to let it come out. */
const UNRECOGNISED_MS = 50;
/** A stop looks again at what its signals left, and no more often than this. */
const STOP_ROUNDS = 3;
const LAST_LINES = 4;
const MAX_REASON_CHARACTERS = 1000;

/** Where nothing is installed, these are as good as any: a stop must be able to look around without a binary. */
const NO_BUILD: NginxBuild = {
  binary: "/usr/sbin/nginx",
  prefix: "/usr/share/nginx",
  configFile: "/etc/nginx/nginx.conf",
  pidFile: "/run/nginx.pid",
};

type Located =
  | { readonly ok: true; readonly site: Site; readonly problem?: string }
  | { readonly ok: false; readonly answer: OperationResult };

const timeout = (reason: string): OperationResult => ({ ok: false, kind: "timeout", reason });
const notHere = (reason: string): OperationResult => ({ ok: false, kind: "not-here", reason });
const failed = (reason: string): OperationResult => ({ ok: false, kind: "error", reason });

/**
 * `args[0]` or the parameter `configfile` names the configuration, else nginx's own default applies. Several nginx with
 * different configurations, or in different network namespaces, do not disturb each other. A configuration with `daemon off`
 * or `master_process off` is refused as `not-here`: nginx forbids to say it twice, so it cannot be overruled, and a
 * program in the foreground would be a child whose life hangs on ours. UDP listeners are not watched.
 */
export class NginxAgent implements ResourceAgent {
  readonly supports = { announce: false };
  readonly #processes: Processes;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #finder: NginxFinder;

  constructor(processes: Processes, log: Logger, clock: Clock) {
    this.#processes = processes;
    this.#log = log;
    this.#clock = clock;
    this.#finder = new NginxFinder(processes);
  }

  start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return answered(async () => {
      const located = await this.#locate(resource, signal);
      if (!located.ok) return located.answer;
      const { site, problem } = located;
      const before = await survey(site);
      if (before.state === "running") return { ok: true, state: "running" };
      if (problem !== undefined) return notHere(problem);
      const refusal = (await this.#refused(site, signal)) ?? (await this.#cleared(site, before, signal));
      if (refusal !== undefined) return refusal;
      return this.#launch(site, signal);
    });
  }

  stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return answered(async () => {
      const located = await this.#locate(resource, signal);
      if (!located.ok) return located.answer;
      const ended = await this.#end(located.site, parametersOf(resource).graceMs, signal);
      return ended ?? { ok: true, state: "stopped" };
    });
  }

  status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return answered(async () => {
      const located = await this.#locate(resource, signal);
      if (!located.ok) return located.answer;
      const { state, why } = await survey(located.site);
      if (signal.aborted) return timeout("the look at nginx took too long");
      if (state === "failed") this.#log.warn("nginx.failed", { resource: resource.name, why });
      return { ok: true, state };
    });
  }

  async validate(resource: ResourceSpec, signal: AbortSignal): Promise<readonly string[]> {
    const located = await this.#locate(resource, signal);
    const problems = [...parameterProblems(resource)];
    if (!located.ok) {
      if (!located.answer.ok) problems.push(located.answer.reason);
    } else if (located.problem !== undefined) {
      problems.push(located.problem);
    }
    return problems;
  }

  /** `problem` says why nginx cannot be started; a stop and a status can still do their work. */
  async #locate(resource: ResourceSpec, signal: AbortSignal): Promise<Located> {
    if (signal.aborted) return { ok: false, answer: timeout("aborted before it began") };
    const { configFile, httpd } = parametersOf(resource);
    const found = await this.#finder.find(httpd, signal);
    if (!found.found && found.timedOut) return { ok: false, answer: timeout(found.problem) };
    const build = found.found ? found.build : NO_BUILD;
    const file = resolve(build.prefix, configFile ?? build.configFile);
    let configuration: NginxConfiguration;
    let problem = found.found ? undefined : found.problem;
    try {
      configuration = await readConfiguration(file, build);
      problem ??= foregroundProblem(configuration);
    } catch (cause) {
      configuration = unreadConfiguration(file, build);
      problem ??= `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
    const site = { build, configuration };
    return problem === undefined ? { ok: true, site } : { ok: true, site, problem };
  }

  /** Lets nginx judge the configuration, before anything that is there is touched. */
  async #refused({ build, configuration }: Site, signal: AbortSignal): Promise<OperationResult | undefined> {
    const test = await this.#processes.run(
      { command: build.binary, args: ["-t", "-q", "-c", configuration.file], timeoutMs: TEST_TIMEOUT_MS },
      signal,
    );
    if (test.timedOut) return timeout(`${build.binary} -t was ended before it answered`);
    return test.exitCode === 0 ? undefined : notHere(wordsOf(test));
  }

  /** Makes room: what is left of an earlier nginx of ours is ended; a stranger is named, and left alone. */
  async #cleared(site: Site, before: Survey, signal: AbortSignal): Promise<OperationResult | undefined> {
    if (before.state === "failed") {
      this.#log.warn("nginx.leftovers-ended", { why: before.why });
      const ended = await this.#end(site, 0, signal);
      if (ended !== undefined) return ended;
    }
    await removeUnixSockets(site.configuration);
    const [stranger] = before.foreign;
    return stranger === undefined ? undefined : failed(await inThePlace(stranger));
  }

  async #launch(site: Site, signal: AbortSignal): Promise<OperationResult> {
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
    if (ready === "ready") return { ok: true, state: "running" };
    // End what was begun, though the caller's patience has ended: the next node is about to start its own.
    const unhurried = new AbortController().signal;
    if (ready === "aborted") await pause(UNRECOGNISED_MS, this.#clock, unhurried);
    const left = await this.#end(site, 0, unhurried);
    if (ready === "aborted") return timeout("nginx was not ready in time, and was ended");
    return left ?? failed(`${ready.reason}; see the error log of nginx`);
  }

  /** Ends every process of the site. Undefined when none is left. */
  async #end(site: Site, graceMs: number, signal: AbortSignal): Promise<OperationResult | undefined> {
    let pids = "";
    for (let round = 0; round <= STOP_ROUNDS; round += 1) {
      const { masters, orphans } = await survey(site);
      const roots = [...masters, ...orphans];
      if (roots.length === 0) {
        await removePidFile(site.configuration);
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
}

function foregroundProblem({ file, daemon, masterProcess }: NginxConfiguration): string | undefined {
  if (!daemon) return `${file} says "daemon off": remove it, nginx must go to the background here`;
  return masterProcess
    ? undefined
    : `${file} says "master_process off": remove it, nginx needs its master here`;
}

async function inThePlace(stranger: Survey["sockets"][number]): Promise<string> {
  const where = stranger.kind === "unix" ? stranger.path : `${stranger.address} port ${stranger.port}`;
  const holder = await holderOf(stranger.inode);
  const who =
    holder === undefined ? "a process that we may not see" : `${holder.command} (pid ${holder.pid})`;
  return `${where} is held by ${who}: stop it, and keep it from being started at boot`;
}

/** nginx's own words, without its name before each line. */
function wordsOf({ stdout, stderr, exitCode, signal }: ProcessResult): string {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.replace(/^nginx: /, "").trim());
  const last = lines.filter((line) => line !== "").slice(-LAST_LINES);
  if (last.length === 0) return `nginx ended with ${exitCode ?? signal} and said nothing`;
  return last.join(" | ").slice(-MAX_REASON_CHARACTERS);
}

async function answered(operation: () => Promise<OperationResult>): Promise<OperationResult> {
  try {
    return await operation();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const lacking =
      cause instanceof SystoleError && cause.code === "PROCESS_SPAWN_FAILED" && !cause.retryable;
    return lacking ? notHere(reason) : failed(reason);
  }
}
