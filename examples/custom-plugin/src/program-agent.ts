// Looks after a plain program: starts it in a process group of its own, knows it again by its pid file, ends the group.
import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationResult, ResourceAgent, ResourceSpec } from "@systole/sdk";

/** A program that ends so soon after its start has not started. */
const SETTLE_MS = 50;
const POLL_MS = 20;
/** After this a stop no longer asks. */
const KILL_AFTER_MS = 3000;

export class ProgramAgent implements ResourceAgent {
  readonly supports = { announce: false };

  start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return answer(signal, async () => {
      const { words, pidFile } = parametersOf(resource);
      if ((await runningPid(words, pidFile)) !== undefined) return "running";
      const pid = await launch(words);
      await writeFile(pidFile, `${pid}\n`);
      try {
        await sleep(SETTLE_MS, undefined, { signal });
      } catch (error) {
        end(pid, "SIGKILL");
        throw error;
      }
      if ((await runningPid(words, pidFile)) === undefined) throw new Error(`${words[0]} ended at once`);
      return "running";
    });
  }

  stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return answer(signal, async () => {
      const { words, pidFile } = parametersOf(resource);
      const pid = await runningPid(words, pidFile);
      if (pid !== undefined) {
        end(pid, "SIGTERM");
        const killAtMs = performance.now() + KILL_AFTER_MS;
        while ((await runningPid(words, pidFile)) !== undefined) {
          if (performance.now() > killAtMs) end(pid, "SIGKILL");
          await sleep(POLL_MS, undefined, { signal });
        }
      }
      await rm(pidFile, { force: true });
      return "stopped";
    });
  }

  status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return answer(signal, async () => {
      const { words, pidFile } = parametersOf(resource);
      return (await runningPid(words, pidFile)) === undefined ? "stopped" : "running";
    });
  }

  async validate({ parameters }: ResourceSpec): Promise<readonly string[]> {
    return ["command", "pidFile"]
      .filter((name) => !parameters[name]?.startsWith("/"))
      .map((name) => `The parameter ${name} is missing, or does not begin with a full path.`);
  }
}

/** Failures of the outside world as answers. */
async function answer(
  signal: AbortSignal,
  work: () => Promise<"running" | "stopped">,
): Promise<OperationResult> {
  try {
    signal.throwIfAborted();
    return { ok: true, state: await work() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, kind: signal.aborted ? "timeout" : "error", reason };
  }
}

interface Parameters {
  readonly words: readonly [program: string, ...args: string[]];
  readonly pidFile: string;
}

function parametersOf({ parameters }: ResourceSpec): Parameters {
  const [program = "", ...args] = (parameters["command"] ?? "").split(/\s+/);
  return { words: [program, ...args], pidFile: parameters["pidFile"] ?? "" };
}

async function launch([program, ...args]: Parameters["words"]): Promise<number> {
  const child = spawn(program, args, { detached: true, stdio: "ignore" });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  child.unref();
  return child.pid ?? 0;
}

/** The pid in the file, if it is that of this very command. */
async function runningPid(words: readonly string[], pidFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid < 2) return undefined;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return commandLine === `${words.join("\0")}\0` ? pid : undefined;
}

/** The whole group; one that is gone already is fine. */
function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
