// No program of a plain Debian sends neighbour advertisements, but the kernel does when it ends duplicate detection, if
// it was told to (`ndisc_notify`); and it ends it at once where detection is off (`accept_dad`). `nodad` would keep it silent.
import { readFileSync, writeFileSync } from "node:fs";
import { runProgram } from "./run-program.js";

const SETTINGS = { accept_dad: "0", ndisc_notify: "1" } as const;
const SETTLED_WITHIN_MS = 1000;
const LOOK_AGAIN_MS = 5;

/**
 * Runs `add` while the interface's settings make the kernel advertise a new address, waits until it has, and puts the
 * settings back. Answers undefined, without a try, where the settings cannot be changed.
 */
export async function withKernelAdvertisement<T>(
  interfaceName: string,
  address: string,
  add: () => Promise<T>,
): Promise<T | undefined> {
  const before = new Map<string, string>();
  try {
    for (const [name, value] of Object.entries(SETTINGS)) {
      const path = `/proc/sys/net/ipv6/conf/${interfaceName}/${name}`;
      before.set(path, readFileSync(path, "latin1"));
      writeFileSync(path, value);
    }
  } catch {
    restore(before);
    return undefined;
  }
  try {
    const result = await add();
    await untilSettled(interfaceName, address);
    return result;
  } finally {
    restore(before);
  }
}

async function untilSettled(interfaceName: string, address: string): Promise<void> {
  const endMs = performance.now() + SETTLED_WITHIN_MS;
  const args = ["-6", "address", "show", "dev", interfaceName, "tentative", "to", address];
  while (performance.now() < endMs) {
    const { exitCode, stdout } = await runProgram("ip", args);
    if (exitCode !== 0 || stdout.trim() === "") return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function restore(before: ReadonlyMap<string, string>): void {
  for (const [path, value] of before) {
    try {
      writeFileSync(path, value.trim());
    } catch {
      // The interface is gone, and its settings with it.
    }
  }
}
