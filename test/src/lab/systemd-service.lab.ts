// The daemon as a service of a real systemd: it says when it is ready and what it does, and one that stands still is ended
// and started anew.
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInLab } from "./in-lab.js";
import { LAUNCHER } from "./programs.js";
import { mayBootSystemd, SystemdHost } from "./systemd-host.js";
import { waitFor } from "./wait.js";

const WORLD = "/run/world";
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
`;

const PREPARE = `mkdir -p ${WORLD}/ha.d ${WORLD}/state ${WORLD}/run
ip link set lo up
cat > ${WORLD}/ha.d/ha.cf <<'EOF'
${HA_CF}EOF
(umask 077; printf 'auth 1\\n1 sha1 secret\\n' > ${WORLD}/ha.d/authkeys)
printf 'alone systemd:served\\n' > ${WORLD}/ha.d/haresources
cat > systole.service <<'EOF'
${SERVICE}EOF
printf '[Unit]\\nDefaultDependencies=no\\n[Service]\\nExecStart=/bin/sleep 1000\\n' > served.service`;

describeInLab("the daemon as a service of systemd", () => {
  let host: SystemdHost;

  const run = (...command: string[]) => host.run(...command);
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

  it.runIf(mayBootSystemd)("stops in good order", () => {
    expect(run("systemctl", "stop", "systole").status).toBe(0);
    expect(show("Result")).toBe("success");
    expect(run("systemctl", "is-active", "served").stdout.trim()).toBe("inactive");
  });
});
