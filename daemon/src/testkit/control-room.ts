// A run directory with a control server in it, for tests of both ends of the socket.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystoleError } from "@systole/core/ports";
import { ControlServer } from "../control/control-server.js";
import { controlSocketPath, prepareRunDirectory } from "../control/run-directory.js";
import type { RecentEntries } from "../journal/recent-entries.js";
import { FakeCluster, recordingLogger } from "./fake-cluster.js";

export class ControlRoom {
  readonly directory = mkdtempSync(join(tmpdir(), "systole-control-"));
  readonly runDirectory: string;
  readonly path: string;
  readonly cluster = new FakeCluster();
  readonly log = recordingLogger();
  private readonly servers: ControlServer[] = [];

  constructor(name = "run") {
    this.runDirectory = join(this.directory, name);
    this.path = controlSocketPath(this.runDirectory);
  }

  async open(attach = true, events?: RecentEntries): Promise<ControlServer> {
    prepareRunDirectory(this.runDirectory);
    const server = await ControlServer.open({
      path: this.path,
      version: "1.2.3",
      log: this.log,
      ...(events !== undefined && { events }),
    });
    this.servers.push(server);
    if (attach)
      server.attach(this.cluster, {
        reloadKeys: () => this.cluster.changeKeys({ kind: "reload", mode: "permissive" }),
      });
    return server;
  }

  /** Writes bytes and returns everything that comes back until the daemon closes. */
  talk(bytes: string | Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.path);
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("close", () => resolve(text));
      socket.on("error", (error) => {
        if ("code" in error && (error.code === "EPIPE" || error.code === "ECONNRESET")) return;
        reject(error);
      });
      socket.end(bytes);
    });
  }

  /** The daemon has ended; another may be opened. */
  async closeServers(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.close()));
  }

  async close(): Promise<void> {
    await this.closeServers();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The error that a promise must end with. */
export async function failureOf(promise: Promise<unknown>): Promise<SystoleError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SystoleError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** A promise and the function that resolves it. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}
