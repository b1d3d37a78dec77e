// A node that has lost control of its service lets the machine's watchdog reset it. No kernel here has one: a file stands in for
// the device, and shows what the kernel would have been told.
import { afterAll, beforeAll, expect, it } from "vitest";
import { situation } from "./act-runner.js";
import { nodeFiles } from "./cluster-files.js";
import { sendSignal } from "./host.js";
import { closeLab, describeInLab, joined, openStarted, PATIENCE_MS, settledOn } from "./in-lab.js";
import type { Lab } from "./lab.js";
import { pause, waitFor } from "./wait.js";

const DEVICE = "/var/log/watchdog";
const FILES = [
  { path: "/etc/ha.d/ha.cf", text: `${nodeFiles("master").haCf}watchdog ${DEVICE}\n` },
  {
    path: "/etc/ha.d/systole.yaml",
    text: `plugins: [{ use: fence-suicide, with: { watchdog: true, waitMs: 1000 } }]
fence: [suicide]
resources:
  nginx: { on-fail: fence, monitor: { every: 300ms } }
`,
  },
  { path: DEVICE, text: "" },
];

describeInLab("a node that has lost", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await openStarted({ implementation: "systole", files: { master: FILES, cluster1: [] } });
    await joined(lab, "master");
  });

  const fed = (): string => lab.node("master").read(DEVICE);
  const logged = (event: string): Promise<true> =>
    waitFor(`master to log ${event}`, () => lab.node("master").logTail(200).includes(event) || undefined, {
      timeoutMs: PATIENCE_MS,
      describe: () => `${situation(lab)}\n${lab.node("master").logTail()}`,
    });

  it("feeds its watchdog as long as it is well", async () => {
    await settledOn(lab, "master");
    const before = fed().length;
    const isFed = () => fed().length > before + 5 || undefined;
    expect(await waitFor("the watchdog to be fed", isFed, { timeoutMs: PATIENCE_MS })).toBe(true);
  });

  it("feeds it no more when its service is out of control, and does not disarm it, not even at its end", async () => {
    const nginx = lab
      .node("master")
      .host.processes()
      .filter(({ program, state }) => program === "nginx" && state !== "Z");
    for (const { pid } of nginx) sendSignal(pid, "SIGKILL");
    await logged("watchdog.starved");
    const last = fed().length;
    await pause(1000);
    expect(fed().length).toBe(last);
    // Deadtime, rounded up with a little more, and what the plugin waits beyond that.
    await logged("fence.device-failed node=master device=suicide");
    await lab.node("master").stop();
    expect(fed()).toMatch(/^\0+$/);
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
