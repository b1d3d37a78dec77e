// Units of a real systemd: one of our own, with nothing but two services, as the first process of a host.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hostEnvironment } from "./environment.js";
import { describeInLab } from "./in-lab.js";
import { childrenOf } from "./processes.js";
import { OWN_TMP } from "./own-tmp.js";
import { LAUNCHER } from "./programs.js";
import { waitFor } from "./wait.js";

const SYSTEMD = "/lib/systemd/systemd";
const NAMESPACES = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup"] as const;
const REHEARSAL_TIMEOUT_MS = 110_000;
const CGROUPS = / (\S+) cgroup2 /.exec(readFileSync("/proc/mounts", "utf8"))?.[1];
/** A machine may have neither: what is documented of systemctl is tested beside the plugin. */
const mayBoot = existsSync(SYSTEMD) && CGROUPS !== undefined && process.getuid?.() === 0;

const unit = (lines: string): string => `[Unit]\\nDefaultDependencies=no\\n${lines}`;
const BOOT = `set -e
mount -t tmpfs tmpfs /run
${OWN_TMP}
mkdir -p /run/systemd/system /run/lock
mount -t cgroup2 none /sys/fs/cgroup
cd /run/systemd/system
printf '${unit("AllowIsolate=yes\\n")}' > only.target
printf '${unit("[Service]\\nExecStart=/bin/sleep 1000\\n")}' > good.service
printf '${unit("[Service]\\nType=forking\\nExecStart=/bin/false\\n")}' > broken.service
exec env container=lab ${SYSTEMD} --system --unit=only.target --log-target=console
`;

describeInLab("a unit of systemd", () => {
  const group = `${CGROUPS}/systole-lab-${process.pid}`;
  let holder: ChildProcess;
  let enter: readonly string[];

  const run = (...command: string[]) => {
    const [program = "nsenter", ...args] = [...enter, ...command];
    const options = { env: hostEnvironment(), encoding: "utf8", timeout: REHEARSAL_TIMEOUT_MS } as const;
    return spawnSync(program, args, options);
  };
  const rehearse = (...words: string[]) => run(process.execPath, LAUNCHER, "agents", "test", ...words);

  beforeAll(async () => {
    if (!mayBoot) return;
    // In a group of its own, which is the root of what systemd sees.
    const join = `mkdir ${group} && echo $$ > ${group}/cgroup.procs && exec "$@"`;
    const unshare = ["unshare", ...NAMESPACES, "--fork", "--kill-child", "--mount-proc", "bash", "-c", BOOT];
    holder = spawn("bash", ["-c", join, "bash", ...unshare], { env: hostEnvironment(), stdio: "ignore" });
    const first = await waitFor("systemd's process", () => childrenOf(holder.pid ?? -1)[0]?.pid, {
      timeoutMs: 10_000,
    });
    enter = ["nsenter", "-t", String(first), "--mount", "--pid", "--net", "--uts", "--ipc", "--"];
    await waitFor("systemd to answer", () => run("systemctl", "is-active", "only.target").status === 0, {
      timeoutMs: 20_000,
      everyMs: 200,
    });
  });

  afterAll(async () => {
    if (!mayBoot) return;
    const closed = once(holder, "close");
    holder.kill("SIGKILL");
    await closed;
    // The kernel lets go of a group when the last process in it is buried.
    const gone = () => {
      spawnSync("find", [group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]);
      return !existsSync(group);
    };
    await waitFor("the groups of systemd to go", gone, { timeoutMs: 10_000, everyMs: 100 });
  });

  it.runIf(mayBoot)("keeps its promises, and every case of the contract", () => {
    const { status, stdout } = rehearse("systemd:good", "--contract", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ keepsItsPromises: true });
    expect(status).toBe(0);
    expect(run("systemctl", "is-active", "good.service").stdout.trim()).toBe("inactive");
  });

  it.runIf(mayBoot)("that cannot start says what systemd says, and its failure is cleared", () => {
    const { status, stdout } = rehearse("systemd:broken", "--json");
    const { steps } = JSON.parse(stdout) as { steps: { name: string; kept: boolean; reason: string }[] };
    expect(steps.filter(({ kept }) => !kept).map(({ name }) => name)).toEqual(["start"]);
    expect(steps[1]?.reason).toContain("broken.service is failed (failed, exit-code)");
    expect(status).toBe(1);
    expect(run("systemctl", "is-failed", "broken.service").stdout.trim()).toBe("inactive");
  });
});
