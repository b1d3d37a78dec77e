// What every test of the agent begins with: a site of its own, a fresh agent, and the operations in one word each.
import { readFile } from "node:fs/promises";
import type { Clock, OperationResult, Processes, ResourceSpec } from "@systole/sdk";
import { RecordingLogger } from "@systole/sdk/testkit";
import { afterEach, beforeEach, expect } from "vitest";
import { NginxAgent } from "../agent.js";
import { nginxOf, openSite, workersOf, type NginxSite } from "./nginx-site.js";

type Operation = (parameters?: Readonly<Record<string, string>>) => Promise<OperationResult>;

export interface AgentOnSite {
  readonly site: NginxSite;
  readonly agent: NginxAgent;
  readonly log: RecordingLogger;
  readonly start: Operation;
  readonly stop: Operation;
  readonly status: Operation;
  readonly warm: Operation;
  /** The site's resource with these parameters. */
  resource(parameters?: Readonly<Record<string, string>>): ResourceSpec;
  /** Another agent, as after a restart of the daemon. */
  newAgent(): NginxAgent;
  /** `nginx.drain-skipped {"why":…}` and the like, as one text. */
  warnings(): string;
  /** Kills the master; its workers live on and hold the port. */
  orphanWorkers(): Promise<readonly number[]>;
  /** Stops all of its processes by a signal, until none of them does anything. */
  freeze(): Promise<readonly number[]>;
}

export const live = (): AbortSignal => new AbortController().signal;
export const running: OperationResult = { ok: true, state: "running" };
/** Failed, and says so with these words. */
export const failedBecause = (words: string): unknown => ({
  ok: true,
  state: "failed",
  reason: expect.stringContaining(words) as unknown,
});
export const stopped: OperationResult = { ok: true, state: "stopped" };
export const reasonOf = (result: OperationResult): string =>
  result.ok ? "" : `${result.kind}: ${result.reason}`;

/** Opens one before each test of the file and closes it afterwards. */
export function agentOnSite(processes: Processes, clock: Clock): AgentOnSite {
  let site: NginxSite;
  let agent: NginxAgent;
  let log: RecordingLogger;
  const newAgent = (): NginxAgent => new NginxAgent(processes, log, clock);
  const resource: AgentOnSite["resource"] = (parameters = {}) => ({ ...site.resource, parameters });

  beforeEach(async () => {
    log = new RecordingLogger();
    site = await openSite();
    agent = newAgent();
  });
  afterEach(() => site.close());

  return {
    get site() {
      return site;
    },
    get agent() {
      return agent;
    },
    get log() {
      return log;
    },
    start: (parameters) => agent.start(resource(parameters), live()),
    stop: (parameters) => agent.stop(resource(parameters), live()),
    status: (parameters) => agent.status(resource(parameters), live()),
    warm: (parameters) => agent.warm(resource(parameters), live()),
    resource,
    newAgent,
    warnings: () =>
      log.entries
        .filter(({ level }) => level === "warn")
        .map(({ event, fields }) => `${event} ${JSON.stringify(fields)}`)
        .join("\n"),
    orphanWorkers: async () => {
      await workersOf(site.directory);
      const master = await site.masterPid();
      process.kill(master, "SIGKILL");
      while ((await nginxOf(site.directory)).includes(master))
        await new Promise((resolve) => setTimeout(resolve, 2));
      return nginxOf(site.directory);
    },
    freeze: async () => {
      await workersOf(site.directory);
      const all = await nginxOf(site.directory);
      for (const pid of all) process.kill(pid, "SIGSTOP");
      for (const pid of all)
        while (!/\) T /.test(await readFile(`/proc/${pid}/stat`, "utf8")))
          await new Promise((resolve) => setTimeout(resolve, 2));
      return all;
    },
  };
}
