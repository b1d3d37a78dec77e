// `systole run`: the daemon itself, in the foreground, from reading the files to the last line of the log.
import { dirname, join, resolve } from "node:path";
import type { ClusterModel } from "@systole/core";
import { NodeClock } from "@systole/core/node";
import type { Logger } from "@systole/core/ports";
import { composeCluster, type ComposeOptions } from "../compose.js";
import { loadConfig, type LoadedConfig } from "../config/load-config.js";
import type { Machine } from "../config/machine.js";
import type { SecurityChoice } from "../config/security.js";
import type { ClusterHandle } from "../control/cluster-handle.js";
import { ControlSockets } from "../control/control-sockets.js";
import { EXIT_CODES } from "../exit-codes.js";
import { journalDirectory } from "../journal/files.js";
import { Journal, keptBy } from "../journal/journal.js";
import { openLog, type LogOptions, type OpenLog } from "../log/logger.js";
import { leftOpen, openResources, type OpenResources } from "../plugins/left-open.js";
import type { LoadedPlugin } from "../plugins/load-plugins.js";
import { PluginGuard } from "../plugins/plugin-guard.js";
import { Systemd } from "../systemd/systemd.js";
import { daemonVersion } from "../version.js";
import { formatProblem, summary } from "./problem-report.js";
import { SealingReload } from "./reload-sealing.js";
import { KeyRenewal } from "./renew-keys.js";
import type { Terminal } from "./terminal.js";

export interface RunOptions {
  readonly haDir: string;
  readonly stateDir: string;
  readonly runDir: string;
  readonly node?: string;
  /** Lets crc be. */
  readonly insecure?: boolean;
}

type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP";

/** What tests replace. */
export interface RunParts {
  readonly compose: (model: ClusterModel, options: ComposeOptions) => Promise<ClusterHandle>;
  readonly machine?: Machine;
  readonly logOptions?: LogOptions;
  /** Where systemd says how to reach it; the process's own unless given. */
  readonly environment?: Record<string, string | undefined>;
  /** Returns a function that ends it. */
  readonly onSignal: (name: SignalName, listener: () => void) => () => void;
}

const PROCESS_PARTS: RunParts = {
  compose: composeCluster,
  onSignal: (name, listener) => {
    process.on(name, listener);
    return () => process.off(name, listener);
  },
};

function logWarnings({ problems }: LoadedConfig, log: Logger): void {
  for (const { code, file, line, message } of problems)
    log.warn("config.warning", { code, file, line, message });
}

interface SignalActions {
  readonly stop: () => void;
  readonly reload: () => void;
}

/** SIGTERM and SIGINT stop the cluster; SIGHUP opens the log files again and reads the keys again. */
function listenToSignals(parts: RunParts, opened: OpenLog, { stop, reload }: SignalActions): () => void {
  const told = (signal: SignalName) => () => {
    opened.log.info("daemon.signal", { signal });
    stop();
  };
  const ends = [
    parts.onSignal("SIGTERM", told("SIGTERM")),
    parts.onSignal("SIGINT", told("SIGINT")),
    parts.onSignal("SIGHUP", () => {
      opened.reopen();
      opened.log.info("daemon.signal", {
        signal: "SIGHUP",
        advice: "for ha.cf and haresources restart the daemon",
      });
      reload();
    }),
  ];
  return () => ends.forEach((end) => end());
}

async function serve(
  model: ClusterModel,
  security: SecurityChoice,
  options: RunOptions,
  parts: RunParts,
  opened: OpenLog,
  pluginsLoaded: (plugins: readonly LoadedPlugin[]) => void,
): Promise<number> {
  const { journal, log } = openJournal(model, options.stateDir, opened.log);
  const stopping = new AbortController();
  let handle: ClusterHandle | undefined;
  const stop = () => {
    stopping.abort();
    handle?.stop().catch((error: unknown) => log.error("daemon.stop.failed", { error }));
  };
  const systemd = Systemd.find(parts.environment ?? process.env, log);
  const keyRenewal = new KeyRenewal(options.haDir, log, security.allowsCrc, model.plugins);
  const sealing = new SealingReload(options.haDir, log, model.providers.authenticator !== undefined);
  let reloadWanted = false;
  const reload = () => {
    reloadWanted = handle === undefined;
    if (handle === undefined) return;
    systemd?.reloading();
    const reloaded = [keyRenewal.renew(handle), sealing.reload(handle)];
    void Promise.all(reloaded).then(() => systemd?.ready());
  };
  const endListening = listenToSignals(parts, opened, { stop, reload });
  let sockets: ControlSockets | undefined;
  try {
    const version = daemonVersion();
    const shared = { version, log, readers: security.readers, events: journal.recent };
    sockets = await ControlSockets.open({ runDirectory: options.runDir, ...shared });
    log.info("daemon.starting", { node: model.self, version, pid: process.pid, haDir: options.haDir });
    const running = await parts.compose(model, {
      ...whatLasts(options, opened.log, journal),
      ...(systemd !== undefined && { systemd }),
      signal: stopping.signal,
      loaded: pluginsLoaded,
    });
    handle = running;
    sockets.attach(running, { reloadKeys: () => sealing.reload(running) });
    if (stopping.signal.aborted) stop();
    else if (reloadWanted) reload();
    const end = await running.done;
    log.info("daemon.stopped", { ...end });
    return end.exitCode;
  } catch (error) {
    if (stopping.signal.aborted && handle === undefined && sockets !== undefined) {
      log.info("daemon.stopped", { reason: "stopped while starting" });
      return EXIT_CODES.ok;
    }
    throw error;
  } finally {
    await journal.close();
    await sockets?.close();
    systemd?.close();
    endListening();
  }
}

function whatLasts({ stateDir }: RunOptions, log: Logger, journal: Journal): Omit<ComposeOptions, "signal"> {
  // /var/lib/systole stands beside /var/lib/heartbeat.
  const heartbeatDirectory = join(dirname(resolve(stateDir)), "heartbeat");
  return { stateDirectory: stateDir, heartbeatDirectory, log, journal };
}

/** With a log whose lines it keeps as well. It begins with who there is and what they keep, so that the journal explains itself. */
function openJournal(
  model: ClusterModel,
  stateDirectory: string,
  log: Logger,
): { readonly journal: Journal; readonly log: Logger } {
  const directory = journalDirectory(stateDirectory);
  const journal = new Journal({ directory, node: model.self, clock: new NodeClock(), log });
  const groups = model.groups.map(({ key, home, resources }) => {
    return { key, home, resources: resources.map(({ name }) => name) };
  });
  journal.logger.info("daemon.configured", { nodes: model.nodes, groups });
  return { journal, log: keptBy(journal, log) };
}

/** Returns the exit code when the daemon has ended. Throws a `SystoleError` when it cannot start. */
export async function run(
  options: RunOptions,
  terminal: Terminal,
  parts: RunParts = PROCESS_PARTS,
): Promise<number> {
  const loaded = loadConfig({
    haDirectory: options.haDir,
    ...(options.node !== undefined && { node: options.node }),
    ...(options.insecure === true && { insecure: true }),
    ...(parts.machine && { machine: parts.machine }),
  });
  if (loaded.model === undefined) {
    for (const problem of loaded.problems) {
      terminal.err.write(formatProblem(problem, loaded.sources, terminal.err));
    }
    terminal.err.write(`systole: not started, the configuration has ${summary(loaded.problems)}.\n`);
    return EXIT_CODES.notConfigured;
  }
  const opened = openLog(loaded.logging, parts.logOptions);
  const before = openResources();
  const guard = new PluginGuard(opened.log);
  let outside: readonly string[] = [];
  const crashed = (error: Error) => {
    if (guard.survives(error)) return;
    opened.log.error("daemon.crashed", { error, stack: error.stack });
    process.stderr.write(`${error.stack ?? String(error)}\n`);
    process.exit(EXIT_CODES.software);
  };
  process.on("uncaughtException", crashed);
  try {
    logWarnings(loaded, opened.log);
    const exitCode = await serve(loaded.model, loaded.security, options, parts, opened, (plugins) => {
      guard.watch(plugins);
      outside = plugins.filter(({ sdkRange }) => sdkRange !== undefined).map(({ plugin }) => plugin.name);
    });
    await tellWhatIsOpen(before, outside, opened.log);
    return exitCode;
  } catch (error) {
    opened.log.error("daemon.failed", { error });
    throw error;
  } finally {
    process.off("uncaughtException", crashed);
    await opened.close();
  }
}

/** A timer or a socket that somebody forgot does not keep the daemon: it is said, and the process ends anyway. */
async function tellWhatIsOpen(
  before: OpenResources,
  outsidePlugins: readonly string[],
  log: Logger,
): Promise<void> {
  // What was closed just now is gone after the turn in which its close event is due.
  await new Promise((resolve) => setImmediate(resolve));
  const resources = leftOpen(before, openResources());
  if (Object.keys(resources).length > 0) log.warn("daemon.left-open", { resources, outsidePlugins });
}
