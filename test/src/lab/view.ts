// The files as one host sees them: everything of the real machine, except a few directories that are the host's own, so
// that daemons run with the paths of a real machine (/etc/ha.d, /run, /var/log ...) and two hosts never meet in a file.
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface ViewFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
}

export interface ViewOptions {
  /** The lab's directory; must not lie in a directory that views replace. */
  readonly labDir: string;
  readonly hostName: string;
  /** Absolute directories that are the host's own and start empty. */
  readonly own: readonly string[];
  /** Absolute files that the host has its own of; the caller writes them. */
  readonly ownFiles: readonly string[];
  /** Absolute own directories that also show what the machine has there. */
  readonly inherit?: readonly string[];
}

/** The directories that a view covers with the host's own; all else of the machine shows through. */
const COVERED = ["/etc", "/var", "/run"] as const;

export class HostView {
  private readonly root: string;

  constructor(private readonly options: ViewOptions) {
    this.root = join(options.labDir, options.hostName);
    for (const covered of ["/etc", "/var"]) this.mirror(covered);
    for (const dir of ["/run/lock", ...options.own]) mkdirSync(this.outside(dir), { recursive: true });
    for (const dir of options.inherit ?? []) this.link(dir);
  }

  /** Where the host's `path` is for us. Only for paths in the host's own directories. */
  outside(path: string): string {
    return join(this.root, path);
  }

  /** Writes files of the host, making directories as needed. */
  write(files: readonly ViewFile[]): void {
    for (const file of files) {
      const path = this.outside(file.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.text, { mode: file.mode ?? 0o644 });
    }
  }

  /** Shell commands that put the view in place inside the host's own mount namespace. */
  mounts(): string {
    const lines = ["/etc", "/var"].flatMap((covered) => [
      `mkdir -p '${this.real(covered)}'`,
      `mount --rbind ${covered} '${this.real(covered)}'`,
      // What shows through is the machine's: nothing that runs in the lab may change it.
      `mount -o remount,bind,ro '${this.real(covered)}'`,
    ]);
    for (const covered of COVERED) lines.push(`mount --bind '${this.outside(covered)}' ${covered}`);
    // A fresh /sys shows this host's interfaces. Some containers refuse it: then programs see no interfaces there, only that.
    lines.push("mount -t sysfs -o ro none /sys 2>/dev/null || true");
    return lines.join("\n");
  }

  private real(path: string): string {
    return join(this.root, "real", path);
  }

  /** A directory of links to the machine's own, but real directories on the way to what the host owns. */
  private mirror(dir: string): void {
    mkdirSync(this.outside(dir), { recursive: true });
    if (!existsSync(dir)) return;
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      if (this.options.own.includes(path) || this.options.ownFiles.includes(path)) continue;
      if (this.options.own.some((own) => own.startsWith(`${path}/`)) && statSync(path).isDirectory()) {
        this.mirror(path);
      } else {
        symlinkSync(this.real(path), this.outside(path));
      }
    }
  }

  private link(dir: string): void {
    if (!existsSync(dir)) return;
    for (const name of readdirSync(dir))
      symlinkSync(this.real(join(dir, name)), join(this.outside(dir), name));
  }
}
