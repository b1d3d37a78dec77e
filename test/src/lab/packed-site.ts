// Systole as somebody else gets it: every package packed, and installed in a directory that has nothing of the checkout.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { labParent } from "./premises.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PACKAGES = [
  "core",
  "sdk",
  "daemon",
  "witness",
  "sim",
  ...readdirSync(join(ROOT, "plugins")).map((name) => `plugins/${name}`),
];
/** What authors build with, and what the example needs, in the versions of the checkout. */
const FROM_REGISTRY = ["typescript", "@types/node", "valibot"];
const TIMEOUT_MS = 240_000;

const execute = promisify(execFile);

export class PackedSite {
  private constructor(readonly directory: string) {}

  /** Packs and installs. Rejects with what npm says. */
  static async open(): Promise<PackedSite> {
    const site = new PackedSite(mkdtempSync(join(labParent(), "systole-site-")));
    try {
      await site.install();
      return site;
    } catch (error) {
      site.close();
      throw error;
    }
  }

  /** The installed program. */
  get systole(): string {
    return join(this.directory, "node_modules/@systole/daemon/dist/main.js");
  }

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  /** Copies a directory of the checkout without what was built there. */
  copy(from: string, to: string): void {
    cpSync(join(ROOT, from), this.path(to), {
      recursive: true,
      filter: (path) => !/\/(dist|node_modules)$/.test(path),
    });
  }

  /** Runs a program in a directory of the site; resolves with what it printed, rejects with all that it said. */
  async run(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await execute(command, args, { cwd: this.path(cwd), timeout: TIMEOUT_MS });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`${command} ${args.join(" ")}:\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
    }
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async install(): Promise<void> {
    mkdirSync(this.path("tarballs"));
    const workspaces = PACKAGES.flatMap((name) => ["-w", name]);
    await execute("npm", ["pack", ...workspaces, "--pack-destination", this.path("tarballs")], { cwd: ROOT });
    const tarballs = readdirSync(this.path("tarballs")).map((name) => this.path("tarballs", name));
    writeFileSync(this.path("package.json"), '{ "name": "site", "private": true, "type": "module" }\n');
    const others = FROM_REGISTRY.map((name) => `${name}@${installedVersion(name)}`);
    const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    await this.run(".", "npm", "install", ...quiet, ...tarballs, ...others);
  }
}

function installedVersion(name: string): string {
  const manifest = readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
