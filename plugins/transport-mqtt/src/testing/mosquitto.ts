// A real mosquitto for tests: its own files and port on the loopback interface, ended with the test.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].find((path) => existsSync(path));
const READY_WITHIN_MS = 5000;

/** A sentence when there is none on this machine. With CI=true it is not asked: then its absence is a failure. */
export const WITHOUT_MOSQUITTO =
  PROGRAM === undefined && process.env["CI"] !== "true" ? "mosquitto is not installed" : undefined;

/** Below the range from which the kernel gives ports to connections, so that none of those takes it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return true;
  } catch {
    return false;
  }
}

export class Mosquitto {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly directory: string,
    private readonly ownsDirectory: boolean,
  ) {}

  /** `lines` go below the listener, e.g. `protocol websockets`. Throws when it does not come up. */
  static async start(
    options: { readonly lines?: readonly string[]; readonly directory?: string } = {},
  ): Promise<Mosquitto> {
    const directory = options.directory ?? mkdtempSync(join(tmpdir(), "systole-mosquitto-"));
    const broker = new Mosquitto(await freePort(), directory, options.directory === undefined);
    const lines = options.lines ?? ["allow_anonymous true"];
    writeFileSync(
      broker.configFile,
      ["per_listener_settings false", "user root", "persistence false", `listener ${broker.port} 127.0.0.1`]
        // With WebSockets alone mosquitto 2.0.11 thinks that it has no listener, and ends.
        .concat(
          lines,
          lines.includes("protocol websockets") ? [`listener ${await freePort()} 127.0.0.1`] : [],
          "",
        )
        .join("\n"),
    );
    try {
      await broker.start();
    } catch (error) {
      await broker.close();
      throw error;
    }
    return broker;
  }

  /** Again, on the same port, after `kill`. */
  async start(): Promise<void> {
    if (PROGRAM === undefined) throw new Error("mosquitto is not installed: apt-get install mosquitto");
    const child = spawn(PROGRAM, ["-c", this.configFile], { stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    let said = "";
    child.stderr.on("data", (bytes: Buffer) => (said = (said + bytes.toString("utf8")).slice(-4000)));
    const endAtMs = Date.now() + READY_WITHIN_MS;
    while (!(await answers(this.port))) {
      if (child.exitCode !== null || Date.now() > endAtMs)
        throw new Error(`mosquitto did not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** As a power cut of the broker. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** It keeps its connections and does nothing any more. */
  freeze(): void {
    this.child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.child?.kill("SIGCONT");
  }

  async close(): Promise<void> {
    await this.kill();
    if (this.ownsDirectory) rmSync(this.directory, { recursive: true, force: true });
  }

  private get configFile(): string {
    return join(this.directory, "mosquitto.conf");
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
