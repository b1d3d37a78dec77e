// A real nginx for tests: a configuration of its own in a temporary directory, on a free port of the loopback interface.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceSpec } from "@systole/sdk";

const SEARCH_PATH = `${process.env["PATH"]}:/usr/sbin:/usr/local/sbin`;

/** What a configuration has besides a page that says hello. */
export interface SiteOptions {
  /** Default: the site's port on 127.0.0.1. */
  readonly listen?: string;
  readonly main?: string;
  readonly http?: string;
  readonly server?: string;
  /** Default 2. */
  readonly workers?: number;
  /** Default 64 a worker. */
  readonly connections?: number;
}

export interface NginxSite {
  readonly directory: string;
  readonly file: string;
  readonly pidFile: string;
  readonly port: number;
  readonly resource: ResourceSpec;
  configure(options?: SiteOptions): Promise<void>;
  masterPid(): Promise<number>;
  /** Kills what the test left running, and removes the directory. */
  close(): Promise<void>;
}

/** These tests need Debian's package nginx-light or any other nginx. A laptop without one skips them; CI must not. */
export const mayUseNginx =
  process.env["CI"] === "true" || spawnSync("nginx", ["-v"], { env: { PATH: SEARCH_PATH } }).status === 0;

let lastPort = 18_000 + (process.pid % 130) * 100;

/** Below the range from which the kernel takes ports for clients, and apart from those of other test processes. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  for (;;) {
    lastPort += 1;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(lastPort, host, () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return lastPort;
  }
}

export async function openSite(): Promise<NginxSite> {
  const directory = await mkdtemp(join(tmpdir(), "systole-nginx-"));
  const file = join(directory, "nginx.conf");
  const pidFile = join(directory, "nginx.pid");
  const port = await freePort();
  const site: NginxSite = {
    directory,
    file,
    pidFile,
    port,
    resource: { name: `nginx::${file}`, args: [file], parameters: {} },
    configure: (options = {}) => writeFile(file, configurationText(directory, port, options)),
    masterPid: async () => Number(await readFile(pidFile, "utf8")),
    async close() {
      for (const pid of await nginxOf(directory)) killQuietly(pid);
      while ((await nginxOf(directory)).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await rm(directory, { recursive: true, force: true });
    },
  };
  await site.configure();
  return site;
}

function configurationText(directory: string, port: number, options: SiteOptions): string {
  const { listen = `listen 127.0.0.1:${port};`, main = "", http = "", server = "" } = options;
  const { workers = 2, connections = 64 } = options;
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(" ");
  return `${user} pid ${directory}/nginx.pid; error_log ${directory}/error.log; worker_processes ${workers}; ${main}
events { worker_connections ${connections}; }
http { access_log off; ${temporary} ${http}
  server { ${listen} ${server} location / { return 200 "hello\\n"; } }
}
`;
}

/** Every nginx, master or worker, that has the error log of this directory open: a way to find them unlike the agent's. */
export async function nginxOf(directory: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      if (target.replace(" (deleted)", "") === `${directory}/error.log`) {
        found.push(Number(pid));
        break;
      }
    }
  }
  return found;
}

/** The two workers, once they are told apart: a worker carries its master's title until it has been scheduled. */
export async function workersOf(directory: string): Promise<readonly number[]> {
  for (;;) {
    const workers: number[] = [];
    for (const pid of await nginxOf(directory)) {
      const title = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      if (title.startsWith("nginx: worker process")) workers.push(pid);
    }
    if (workers.length === 2) return workers;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** The page, or undefined when nobody serves it. */
export async function page(port: number, host = "127.0.0.1"): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${host}:${port}/`, { headers: { connection: "close" } });
    return await answer.text();
  } catch {
    return undefined;
  }
}
