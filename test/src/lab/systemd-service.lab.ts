// The daemon as a service of a real systemd: it says when it is ready and what it does, and one that stands still is ended
// and started anew.
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInLab } from "./in-lab.js";
import { LAUNCHER } from "./programs.js";
import { mayBootSystemd, SystemdHost } from "./systemd-host.js";
import { waitFor } from "./wait.js";

const WORLD = "/run/world";
const ADDRESS = "10.99.0.100";
const HA_CF = `keepalive 200ms
deadtime 2
initdead 4
warntime 1
udpport 6940
bcast lo
node alone
node other
logfile ${WORLD}/log
`;
const SERVICE = `[Unit]
DefaultDependencies=no
[Service]
Type=notify
NotifyAccess=main
WatchdogSec=2
Restart=on-failure
RestartSec=1
KillMode=mixed
TimeoutStopSec=20
ExecStart=${process.execPath} ${LAUNCHER} run --ha-dir ${WORLD}/ha.d --state-dir ${WORLD}/state --run-dir ${WORLD}/run --node alone
ExecReload=/bin/kill -HUP $MAINPID
StandardError=append:${WORLD}/stderr
Environment=NODE_OPTIONS=--require=${WORLD}/without-koffi.cjs
`;

/** While there is a file that says so, koffi is not to be had: systemd is spoken to through its own program. */
const WITHOUT_KOFFI = `const { existsSync } = require("node:fs");
const Module = require("node:module");
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...others) {
  if (name === "koffi" && existsSync("${WORLD}/hide-koffi")) throw new Error("Cannot find module koffi");
  return resolve.call(this, name, ...others);
};
`;

const PREPARE = `mkdir -p ${WORLD}/ha.d ${WORLD}/state ${WORLD}/run
ip link set lo up
ip link add eth0 type veth peer name eth1
ip link set eth0 up
ip link set eth1 up
ip address add 10.99.0.1/24 dev eth0
cat > ${WORLD}/without-koffi.cjs <<'EOF'
${WITHOUT_KOFFI}EOF
cat > ${WORLD}/ha.d/ha.cf <<'EOF'
${HA_CF}EOF
(umask 077; printf 'auth 1\\n1 sha1 secret\\n' > ${WORLD}/ha.d/authkeys)
printf 'alone systemd:served ${ADDRESS}/24/eth0\\n' > ${WORLD}/ha.d/haresources
cat > systole.service <<'EOF'
${SERVICE}EOF
printf '[Unit]\\nDefaultDependencies=no\\n[Service]\\nExecStart=/bin/sleep 1000\\n' > served.service`;

describeInLab("the daemon as a service of systemd", () => {
  let host: SystemdHost;

  const run = (...command: string[]) => host.run(...command);
  const holdsAddress = (): boolean =>
    run("ip", "address", "show", "dev", "eth0").stdout.includes(`${ADDRESS}/`);
  /** Of the daemon's own control group: nothing of it is left elsewhere. */
  const guards = (): readonly string[] =>
    run("ps", "-eo", "args")
      .stdout.split("\n")
      .filter((args) => args.startsWith("systole-guard"));
  const show = (property: string): string =>
    run("systemctl", "show", "systole", `--property=${property}`, "--value").stdout.trim();
  const shows = (property: string, value: string | RegExp): Promise<true> =>
    waitFor(
      `${property} to be ${String(value)}`,
      () => (new RegExp(value).test(show(property)) ? true : undefined),
      {
        timeoutMs: 40_000,
        everyMs: 100,
        describe: () => `${show(property)}; ${run("tail", "-n", "20", `${WORLD}/log`).stdout}`,
      },
    );

  beforeAll(async () => {
    if (mayBootSystemd) host = await SystemdHost.boot(PREPARE);
  });

  afterAll(async () => {
    if (mayBootSystemd) await host.close();
  });

  it.runIf(mayBootSystemd)("says that it is ready, and what it does", async () => {
    const { status, stderr } = run("systemctl", "start", "systole");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(show("ActiveState")).toBe("active");
    await shows("StatusText", /^serves systemd:served; /);
    expect(run("systemctl", "is-active", "served").stdout.trim()).toBe("active");
  });

  it.runIf(mayBootSystemd)(
    "is left alone while it makes progress, for longer than the watchdog waits",
    async () => {
      const pid = show("MainPID");
      await new Promise((resolve) => setTimeout(resolve, 5000));
      expect(show("MainPID")).toBe(pid);
      expect(run("systemctl", "reload", "systole").status).toBe(0);
      await shows("ActiveState", /^active$/);
      expect(show("NRestarts")).toBe("0");
    },
  );

  it.runIf(mayBootSystemd)("is ended and started anew when it stands still", async () => {
    const pid = show("MainPID");
    expect(run("kill", "-STOP", pid).status).toBe(0);
    await shows("NRestarts", /^[1-9]/);
    await shows("StatusText", /^serves systemd:served; /);
    expect(show("MainPID")).not.toBe(pid);
  });

  it.runIf(mayBootSystemd)(
    "is killed: systemd ends what it has left, and its address is gone all the same",
    async () => {
      expect(holdsAddress()).toBe(true);
      const pid = show("MainPID");
      expect(run("kill", "-KILL", pid).status).toBe(0);
      await waitFor("the address to be gone", () => !holdsAddress() || undefined, {
        timeoutMs: 10_000,
        everyMs: 5,
      });
      // Nobody but the guard can have done it: this unit has no ExecStopPost.
      const told = /systole guard: .* removed 10\.99\.0\.100\/24 from eth0/;
      await waitFor("it to tell", () => told.test(run("cat", `${WORLD}/stderr`).stdout) || undefined, {
        timeoutMs: 5000,
        everyMs: 20,
      });
      await waitFor("it to serve again", () => holdsAddress() || undefined, {
        timeoutMs: 40_000,
        everyMs: 100,
      });
      expect(show("MainPID")).not.toBe(pid);
      expect(guards()).toHaveLength(1);
    },
  );

  it.runIf(mayBootSystemd)("speaks through systemd-notify where koffi is not to be had", async () => {
    run("touch", `${WORLD}/hide-koffi`);
    expect(run("systemctl", "restart", "systole").status).toBe(0);
    await shows("StatusText", /^serves systemd:served; /);
    const pid = show("MainPID");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(show("MainPID")).toBe(pid);
    expect(run("grep", "-c", "network.programs-used", `${WORLD}/log`).stdout.trim()).not.toBe("0");
    expect(holdsAddress()).toBe(true);
  });

  it.runIf(mayBootSystemd)("stops in good order", () => {
    expect(run("systemctl", "stop", "systole").status).toBe(0);
    expect(show("Result")).toBe("success");
    expect(run("systemctl", "is-active", "served").stdout.trim()).toBe("inactive");
    expect(holdsAddress()).toBe(false);
    expect(guards()).toEqual([]);
  });
});
