// One running program of ha.cf: in a process group of its own, as its user, with nothing on its standard channels.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { userInfo } from "node:os";
import type { ClientProgram } from "@systole/core";
import type { ClientExit } from "./restart-rule.js";

const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const LOOKUP_TIMEOUT_MS = 5000;
/** Becomes another user with all its groups, and then the program itself. */
const SETPRIV = "/usr/bin/setpriv";

export interface ClientProcess {
  readonly pid: number;
  /** Resolves when the program itself has ended. */
  readonly exited: Promise<ClientExit>;
  /** To the whole process group; one that is gone already is no error. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
}

/** Rejects when it cannot be started: no such user, too many processes. */
export async function startClient(
  client: ClientProgram,
  environment: Readonly<Record<string, string>>,
): Promise<ClientProcess> {
  const [command, args] = commandLine(client);
  const child = spawn(command, args, {
    cwd: "/",
    env: { PATH: SEARCH_PATH, LANG: "C", ...environment },
    detached: true,
    stdio: "ignore",
  });
  const exited = new Promise<ClientExit>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => {
      const { pid } = child;
      if (pid === undefined) return reject(new Error("the kernel gave it no process id"));
      resolve({ pid, exited, signal: (name) => signalGroup(pid, name) });
    });
  });
}

function commandLine({ user, command }: ClientProgram): readonly [string, readonly string[]] {
  const shell = ["/bin/sh", "-c", `exec ${command}`] as const;
  const own = userInfo();
  if (user === own.username || user === String(own.uid)) return [shell[0], shell.slice(1)];
  accessSync(SETPRIV, constants.X_OK);
  return [SETPRIV, [`--reuid=${user}`, `--regid=${primaryGroup(user)}`, "--init-groups", "--", ...shell]];
}

function primaryGroup(user: string): string {
  const found = spawnSync("getent", ["passwd", user], { encoding: "utf8", timeout: LOOKUP_TIMEOUT_MS });
  const gid = found.status === 0 ? found.stdout.split(":")[3] : undefined;
  if (gid === undefined) throw new Error(`there is no user ${user} on this machine`);
  return gid;
}

function signalGroup(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It is gone, which is what was wanted.
  }
}
