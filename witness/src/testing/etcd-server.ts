// A real etcd on the loopback interface, for as long as a test lasts.
import { spawn } from "node:child_process";
import { once } from "node:events";
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
  /** SIGSTOP, and SIGCONT after it. */
  pause(): void;
  goOn(): void;
  /** SIGKILL: what it has written stays. */
  kill(): Promise<void>;
  /** Anew at the same address, with what it has written, or `empty`. Resolves when it answers. */
  startAgain(empty?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** PEM files: its own certificate, and who has signed those of its clients. */
export interface EtcdTls {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string;
}

export async function startEtcd(tls?: EtcdTls): Promise<EtcdServer> {
  if (PROGRAM === undefined) throw new Error("there is no etcd here: apt-get install etcd-server");
  const program = PROGRAM;
  const fast = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const directory = await mkdtemp(join(fast, "systole-etcd-"));
  const scheme = tls === undefined ? "http" : "https";
  const clients = `${scheme}://127.0.0.1:${await freePort()}`;
  const health = `http://127.0.0.1:${await freePort()}`;
  const args = argumentsOf(directory, clients, `http://127.0.0.1:${await freePort()}`);
  args.push("--listen-metrics-urls", health);
  if (tls !== undefined)
    args.push("--cert-file", tls.cert, "--key-file", tls.key, "--client-cert-auth", "--trusted-ca-file", tls.clientCa); // prettier-ignore
  let child = spawn(program, args, { stdio: "ignore" });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  const close = async (): Promise<void> => {
    await kill();
    await rm(directory, { recursive: true, force: true });
  };
  const answers = async (): Promise<void> => {
    for (const untilMs = performance.now() + START_MS; !(await isHealthy(health));) {
      if (performance.now() > untilMs || child.exitCode !== null) {
        await close();
        throw new Error(`etcd did not answer within ${START_MS} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  await answers();
  return {
    url: clients,
    pause: () => void child.kill("SIGSTOP"),
    goOn: () => void child.kill("SIGCONT"),
    kill,
    startAgain: async (empty = false) => {
      await kill();
      if (empty) await rm(directory, { recursive: true, force: true });
      child = spawn(program, args, { stdio: "ignore" });
      await answers();
    },
    close,
  };
}

function argumentsOf(directory: string, clients: string, peers: string): string[] {
  const args = ["--name", "one", "--data-dir", directory, "--logger", "zap", "--log-level", "error"];
  // One that is alone need not wait long for others.
  args.push("--heartbeat-interval", "20", "--election-timeout", "200", "--bcrypt-cost", "4");
  const urls = { "listen-client-urls": clients, "advertise-client-urls": clients, "listen-peer-urls": peers };
  const peer = { "initial-advertise-peer-urls": peers, "initial-cluster": `one=${peers}` };
  for (const [name, value] of Object.entries({ ...urls, ...peer })) args.push(`--${name}`, value);
  return args;
}

/** Without a certificate: etcd tells that at an address of its own. */
function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
