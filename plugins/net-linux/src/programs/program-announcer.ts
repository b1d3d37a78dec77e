// Announcements by `arping`, and by `ndsend` where that is installed.
import type { IpFamily, NetworkInterface } from "@systole/sdk";
import { announcementKey } from "../announcements.js";
import { addressFailed } from "../network-errors.js";
import { programMissing, runProgram, startProgram } from "./run-program.js";

/** `arping` tells that it begins and sends at once; then it waits a second for answers that never come. */
const AFTER_BANNER_MS = 20;
const MAX_WAIT_MS = 3000;
const MAX_REMEMBERED = 1000;

export class ProgramAnnouncer {
  /** IPv6 addresses that the kernel advertised as they were added: their first announcement is done. */
  readonly #advertisedByKernel = new Set<string>();

  wasAdvertisedByKernel(address: string, interfaceName: string): void {
    if (this.#advertisedByKernel.size >= MAX_REMEMBERED) this.#advertisedByKernel.clear();
    this.#advertisedByKernel.add(announcementKey({ address, interface: interfaceName }));
  }

  /** True once for each `wasAdvertisedByKernel`. */
  takeAdvertisedByKernel(address: string, interfaceName: string): boolean {
    return this.#advertisedByKernel.delete(announcementKey({ address, interface: interfaceName }));
  }

  /** Resolves when it was sent. Throws `ADDRESS_FAILED`, `NETWORK_UNSUPPORTED`. */
  async send(family: IpFamily, address: string, link: NetworkInterface): Promise<void> {
    if (!link.up) throw addressFailed(`announce ${address} on ${link.name}`, "the interface is down");
    if (family === 4) {
      await Promise.all([sendArp("-U", address, link.name), sendArp("-A", address, link.name)]);
      return;
    }
    const result = await runProgram("ndsend", [address, link.name]).catch(() => undefined);
    if (result?.exitCode === 0) return;
    throw addressFailed(
      `announce ${address} on ${link.name}`,
      result?.complaint ?? "no program sends neighbour advertisements; install koffi, or ndsend",
    );
  }
}

/** `-U`: request form, `-A`: reply form. */
async function sendArp(form: "-U" | "-A", address: string, interfaceName: string): Promise<void> {
  const doing = `announce ${address} on ${interfaceName}`;
  // stdbuf: the banner comes as the frame leaves, and not as the program ends.
  const arping = ["arping", form, "-c", "1", "-w", "1", "-I", interfaceName, "-s", address, address];
  const child = startProgram("stdbuf", ["-oL", ...arping]);
  await new Promise<void>((resolve, reject) => {
    let complaint = "";
    let sent: NodeJS.Timeout | undefined;
    const bound = setTimeout(() => child.kill("SIGKILL"), MAX_WAIT_MS);
    const settle = (error?: Error): void => {
      clearTimeout(bound);
      clearTimeout(sent);
      if (error === undefined) resolve();
      else reject(error);
    };
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(0, 1000);
    });
    child.stdout?.once("data", () => {
      sent = setTimeout(() => {
        child.kill("SIGKILL");
        settle();
      }, AFTER_BANNER_MS);
    });
    child.on("error", () => settle(programMissing("stdbuf")));
    child.on("close", (code) => {
      if (code === 0) settle();
      else if (code === 127) settle(programMissing("arping"));
      else settle(addressFailed(doing, complaint.trim() || `arping ended with ${code ?? "a signal"}`));
    });
  });
}
