// A real etcd on the loopback interface, for as long as a test lasts.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = ["/usr/bin/etcd", "/usr/local/bin/etcd"].find((path) => existsSync(path));
const START_MS = 15_000;

/** With CI=true tests with etcd fail where it is missing; on a laptop they are left out. */
export const HAS_ETCD = PROGRAM !== undefined || process.env["CI"] === "true";

export interface EtcdServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startEtcd(): Promise<EtcdServer> {
  if (PROGRAM === undefined) throw new Error("there is no etcd here: apt-get install etcd-server");
  const fast = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const directory = await mkdtemp(join(fast, "systole-etcd-"));
  const [clients, peers] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const args = ["--name", "one", "--data-dir", directory, "--logger", "zap", "--log-level", "error"];
  const urls = { "listen-client-urls": clients, "advertise-client-urls": clients, "listen-peer-urls": peers };
  const peer = { "initial-advertise-peer-urls": peers, "initial-cluster": `one=${peers}` };
  for (const [name, value] of Object.entries({ ...urls, ...peer })) args.push(`--${name}`, value);
  const child = spawn(PROGRAM, args, { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  for (const untilMs = performance.now() + START_MS; ;) {
    const healthy = await fetch(`${clients}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return { url: clients, close };
    if (performance.now() > untilMs || child.exitCode !== null) {
      await close();
      throw new Error(`etcd did not answer within ${START_MS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
