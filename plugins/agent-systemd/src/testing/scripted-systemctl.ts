// A program that answers as systemctl is documented to (systemctl(1), org.freedesktop.systemd1(5)), for machines without systemd.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * One unit, `web.service`: its state is the file `active`, how an order goes is in files of its own. Everything that is
 * asked is a line in `calls`. Any other unit does not exist.
 */
const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/calls"
[ -e "$here/no-systemd" ] && {
  echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
  echo "Failed to connect to bus: Host is down" >&2
  exit 1
}
for unit; do :; done
show() {
  printf 'LoadState=%s\\nActiveState=%s\\nSubState=%s\\nResult=%s\\n' "$1" "$2" "$3" "$4"
  printf 'UnitFileState=%s\\nDescription=%s\\nFragmentPath=%s\\nLoadError=\\n' "$5" "$6" "$7"
}
case $1 in
  list-unit-files)
    echo "web.service                disabled enabled"
    echo "getty@.service             enabled  enabled"
    echo "alias.service              alias    -"
    exit 0 ;;
  show)
    [ "$unit" = web.service ] || { show not-found inactive dead success "" "$unit" ""; exit 0; }
    active=$(cat "$here/active"); sub=running; result=success
    case $active in
      *:*) sub=\${active#*:}; active=\${active%%:*} ;;
      inactive) sub=dead ;;
      failed) sub=failed; result=exit-code ;;
    esac
    show "$(cat "$here/load")" "$active" "$sub" "$result" "$(cat "$here/file")" "A web server" /lib/systemd/system/web.service
    exit 0 ;;
  start)
    [ -e "$here/slow" ] && { echo activating:start > "$here/active"; sleep 60; }
    [ -e "$here/start-fails" ] && {
      echo failed > "$here/active"
      echo "Job for web.service failed because the control process exited with error code." >&2
      echo 'See "systemctl status web.service" and "journalctl -xeu web.service" for details.' >&2
      exit 1
    }
    if [ -e "$here/oneshot" ]; then echo inactive > "$here/active"; else echo active > "$here/active"; fi ;;
  stop)
    [ -e "$here/stop-hangs" ] && sleep 60
    [ -e "$here/stop-fails" ] && { echo "Failed to stop web.service: Access denied" >&2; exit 4; }
    if [ -e "$here/dies-in-stop" ] || [ "$(cat "$here/active")" = failed ]
    then echo failed > "$here/active"; else echo inactive > "$here/active"; fi ;;
  reset-failed) echo inactive > "$here/active" ;;
esac
`;

export interface ScriptedSystemctl {
  readonly program: string;
  /** `active`, `inactive`, `failed`, `activating:start`, `activating:auto-restart`, `deactivating:stop-sigterm`. */
  state(): Promise<string>;
  set(name: "active" | "load" | "file", value: string): Promise<void>;
  /** Makes an order go wrong from now on. */
  let(
    trouble: "start-fails" | "stop-fails" | "stop-hangs" | "slow" | "oneshot" | "dies-in-stop" | "no-systemd",
  ): Promise<void>;
  /** The verbs that were called, in order. */
  calls(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openScriptedSystemctl(): Promise<ScriptedSystemctl> {
  const directory = await mkdtemp(join(tmpdir(), "systole-systemctl-"));
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  const read = async (name: string) => (await readFile(join(directory, name), "utf8").catch(() => "")).trim();
  const program = join(directory, "systemctl");
  await writeFile(program, SCRIPT, { mode: 0o755 });
  await write("active", "inactive\n");
  await write("load", "loaded\n");
  await write("file", "disabled\n");
  return {
    program,
    state: () => read("active"),
    set: (name, value) => write(name, `${value}\n`),
    let: (trouble) => write(trouble, ""),
    calls: async () => (await read("calls")).split("\n").map((line) => line.split(" ")[0] ?? ""),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
