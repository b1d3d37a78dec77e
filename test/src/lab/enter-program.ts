// A program for people: `enter HOST [command]` runs a shell or a command on a host of a lab that is up.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "./host.js";
import { LAUNCHER } from "./programs.js";

/** Writes `<directory>/enter`, and beside it a `systole` that is found on the hosts. Returns the path of `enter`. */
export function writeEnterProgram(directory: string, hosts: readonly Host[]): string {
  const path = join(directory, "enter");
  const bin = join(directory, "bin");
  mkdirSync(bin, { recursive: true });
  const systole = `#!/bin/sh\nexec ${process.execPath} ${LAUNCHER} "$@"\n`;
  writeFileSync(join(bin, "systole"), systole, { mode: 0o755 });
  const lines = [
    "#!/bin/bash",
    `PATH=${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    "name=$1; shift",
    '[ $# -gt 0 ] || set -- env "PS1=[$name] # " bash --norc',
    'case "$name" in',
    ...hosts.map((host) => `  ${host.name}) exec ${host.enter(['"$@"']).join(" ")} ;;`),
    `  *) echo "usage: enter ${hosts.map((host) => host.name).join("|")} [command]" >&2; exit 64 ;;`,
    "esac",
  ];
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o755 });
  return path;
}
