// A host whose first process is a real systemd, with nothing but the units that a test writes.
import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { hostEnvironment } from "./environment.js";
import { OWN_TMP } from "./own-tmp.js";
import { childrenOf } from "./processes.js";
import { waitFor } from "./wait.js";

const SYSTEMD = "/lib/systemd/systemd";
const NAMESPACES = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup"] as const;
const COMMAND_TIMEOUT_MS = 110_000;
const CGROUPS = / (\S+) cgroup2 /.exec(readFileSync("/proc/mounts", "utf8"))?.[1];

/** A machine may have neither systemd nor cgroups. */
export const mayBootSystemd = existsSync(SYSTEMD) && CGROUPS !== undefined && process.getuid?.() === 0;

let booted = 0;

export class SystemdHost {
  private constructor(
    private readonly holder: ChildProcess,
    /** A control group of its own, which is the root of what its systemd sees. */
    private readonly group: string,
    private readonly enter: readonly string[],
  ) {}

  /** `prepare`: shell lines that run in the host's own /run before systemd does; units go to /run/systemd/system. */
  static async boot(prepare: string): Promise<SystemdHost> {
    booted += 1;
    const group = `${CGROUPS}/systole-lab-${process.pid}-${booted}`;
    const script = `set -e
mount -t tmpfs tmpfs /run
${OWN_TMP}
mkdir -p /run/systemd/system /run/lock
mount -t cgroup2 none /sys/fs/cgroup
cd /run/systemd/system
printf '[Unit]\\nDefaultDependencies=no\\nAllowIsolate=yes\\n' > only.target
${prepare}
exec env container=lab ${SYSTEMD} --system --unit=only.target --log-target=console
`;
    const join = `mkdir ${group} && echo $$ > ${group}/cgroup.procs && exec "$@"`;
    const unshare = [
      "unshare",
      ...NAMESPACES,
      "--fork",
      "--kill-child",
      "--mount-proc",
      "bash",
      "-c",
      script,
    ];
    const holder = spawn("bash", ["-c", join, "bash", ...unshare], {
      env: hostEnvironment(),
      stdio: "ignore",
    });
    const first = await waitFor("systemd's process", () => childrenOf(holder.pid ?? -1)[0]?.pid, {
      timeoutMs: 10_000,
    });
    const enter = ["nsenter", "-t", String(first), "--mount", "--pid", "--net", "--uts", "--ipc", "--"];
    const host = new SystemdHost(holder, group, enter);
    const answers = () => host.run("systemctl", "is-active", "only.target").status === 0;
    await waitFor("systemd to answer", answers, { timeoutMs: 20_000, everyMs: 200 });
    return host;
  }

  run(...command: string[]): SpawnSyncReturns<string> {
    const [program = "nsenter", ...args] = [...this.enter, ...command];
    return spawnSync(program, args, {
      env: hostEnvironment(),
      encoding: "utf8",
      timeout: COMMAND_TIMEOUT_MS,
    });
  }

  async close(): Promise<void> {
    const closed = once(this.holder, "close");
    this.holder.kill("SIGKILL");
    await closed;
    // The kernel lets go of a group when the last process in it is buried.
    const gone = () => {
      spawnSync("find", [this.group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]);
      return !existsSync(this.group);
    };
    await waitFor("the groups of systemd to go", gone, { timeoutMs: 10_000, everyMs: 100 });
  }
}
