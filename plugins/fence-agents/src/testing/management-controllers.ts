// Machines for the real agent fence_ipmilan: the program `ipmitool` in a directory of its own, with a file a machine.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's package fence-agents. Where the tests must be whole, a missing one is a failure and not a gap. */
export const hasPackage = existsSync("/usr/sbin/fence_dummy") || process.env["CI"] === "true";

const IPMITOOL = `#!/bin/sh
# ipmitool ... -H ADDRESS ... chassis power VERB
here=$(dirname "$0")
while [ $# -gt 0 ]; do
  case $1 in -H) machine=$2 ;; esac
  verb=$1; shift
done
[ -e "$here/stalled" ] && exec sleep 60
[ -e "$here/broken" ] && { echo "Unable to establish IPMI session" >&2; exit 1; }
case $verb in
  status) echo "Chassis Power is $(cat "$here/$machine")" ;;
  off) echo off > "$here/$machine" ;;
  on) [ "$(cat "$here/$machine")" = on ] || { echo on > "$here/$machine"; echo boot >> "$here/$machine.boots"; } ;;
  *) exit 1 ;;
esac
`;

export interface ManagementControllers {
  readonly ipmitool: string;
  /** A place for further files. */
  at(name: string): string;
  /** All machines on, nothing broken. */
  reset(): Promise<void>;
  power(address: string): Promise<"on" | "off">;
  boots(address: string): Promise<number>;
  /** From now on every request is refused, or taken and never answered. */
  let(mood: "broken" | "stalled"): Promise<void>;
  close(): Promise<void>;
}

export async function openControllers(...addresses: readonly string[]): Promise<ManagementControllers> {
  const directory = await mkdtemp(join(tmpdir(), "fence-agents-"));
  const at = (name: string): string => join(directory, name);
  await writeFile(at("ipmitool"), IPMITOOL, { mode: 0o755 });
  const reset = async (): Promise<void> => {
    for (const mood of ["broken", "stalled"]) await rm(at(mood), { force: true });
    for (const address of addresses) {
      await writeFile(at(address), "on\n");
      await writeFile(at(`${address}.boots`), "boot\n");
    }
  };
  await reset();
  return {
    ipmitool: at("ipmitool"),
    at,
    reset,
    power: async (address) => ((await readFile(at(address), "utf8")) === "on\n" ? "on" : "off"),
    boots: async (address) => (await readFile(at(`${address}.boots`), "utf8")).split("\n").length - 1,
    let: (mood) => writeFile(at(mood), ""),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
