// Units of a real systemd: one of our own, with nothing but two services, as the first process of a host.
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInLab } from "./in-lab.js";
import { LAUNCHER } from "./programs.js";
import { mayBootSystemd, SystemdHost } from "./systemd-host.js";

const unit = (lines: string): string => `[Unit]\\nDefaultDependencies=no\\n${lines}`;
const UNITS = `printf '${unit("[Service]\\nExecStart=/bin/sleep 1000\\n")}' > good.service
printf '${unit("[Service]\\nType=forking\\nExecStart=/bin/false\\n")}' > broken.service`;

// Where there is no systemd, what is documented of systemctl is tested beside the plugin.
describeInLab("a unit of systemd", () => {
  let host: SystemdHost;

  const run = (...command: string[]) => host.run(...command);
  const rehearse = (...words: string[]) => run(process.execPath, LAUNCHER, "agents", "test", ...words);

  beforeAll(async () => {
    if (mayBootSystemd) host = await SystemdHost.boot(UNITS);
  });

  afterAll(async () => {
    if (mayBootSystemd) await host.close();
  });

  it.runIf(mayBootSystemd)("keeps its promises, and every case of the contract", () => {
    const { status, stdout } = rehearse("systemd:good", "--contract", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ keepsItsPromises: true });
    expect(status).toBe(0);
    expect(run("systemctl", "is-active", "good.service").stdout.trim()).toBe("inactive");
  });

  it.runIf(mayBootSystemd)("that cannot start says what systemd says, and its failure is cleared", () => {
    const { status, stdout } = rehearse("systemd:broken", "--json");
    const { steps } = JSON.parse(stdout) as { steps: { name: string; kept: boolean; reason: string }[] };
    expect(steps.filter(({ kept }) => !kept).map(({ name }) => name)).toEqual(["start"]);
    expect(steps[1]?.reason).toContain("broken.service is failed (failed, exit-code)");
    expect(status).toBe(1);
    expect(run("systemctl", "is-failed", "broken.service").stdout.trim()).toBe("inactive");
  });
});
