// Machines for the real script external/libvirt: the program `virsh` in a directory of its own, with a file a machine.
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's package cluster-glue. Where the tests must be whole, a missing one is a failure and not a gap. */
export const hasPackage = existsSync("/usr/sbin/stonith") || process.env["CI"] === "true";

const VIRSH = `#!/bin/sh
# virsh -c URI VERB [DOMAIN]
here=$(dirname "$0"); verb=$3; domain=$4
echo "$*" >> "$here/calls"
env > "$here/environment"
[ -e "$here/stalled" ] && exec sleep 60
[ -e "$here/broken" ] && { echo "error: no connection, token is $secret_token" >&2; exit 1; }
boot() { echo on > "$here/$domain"; echo boot >> "$here/$domain.boots"; }
case $verb in
  version) exit 0 ;;
  dominfo) [ "$(cat "$here/$domain")" = on ] && echo "State: running" || echo "State: shut off" ;;
  destroy) [ "$(cat "$here/$domain")" = on ] || exit 1; echo off > "$here/$domain" ;;
  start) [ "$(cat "$here/$domain")" = off ] || exit 1; boot ;;
  reboot) boot ;;
  *) exit 1 ;;
esac
`;

export interface Hypervisor {
  /** To be put first in PATH. */
  readonly directory: string;
  power(machine: string): Promise<"on" | "off">;
  boots(machine: string): Promise<number>;
  /** From now on every request is refused, or taken and never answered. */
  let(mood: "broken" | "stalled"): Promise<void>;
  /** The command lines with which it was called. */
  calls(): Promise<string>;
  close(): Promise<void>;
}

/** With the machines switched on. */
export async function openHypervisor(...machines: readonly string[]): Promise<Hypervisor> {
  const directory = await mkdtemp(join(tmpdir(), "fence-stonith-"));
  const at = (name: string): string => join(directory, name);
  await writeFile(at("virsh"), VIRSH);
  await chmod(at("virsh"), 0o755);
  for (const machine of machines) {
    await writeFile(at(machine), "on\n");
    await writeFile(at(`${machine}.boots`), "boot\n");
  }
  return {
    directory,
    power: async (machine) => ((await readFile(at(machine), "utf8")) === "on\n" ? "on" : "off"),
    boots: async (machine) => (await readFile(at(`${machine}.boots`), "utf8")).split("\n").length - 1,
    let: (mood) => writeFile(at(mood), ""),
    calls: () => readFile(at("calls"), "utf8"),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
