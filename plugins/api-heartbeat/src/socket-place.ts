// Takes the path of the socket: never from a daemon that lives, always from one that is dead.
import { chmodSync, mkdirSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";

/** Everybody may connect, as with heartbeat: who may sign on is decided by the credentials. */
const SOCKET_MODE = 0o777;
const PROBE_MS = 2000;

/** Rejects with the reason when the path cannot be had. */
export async function listenAt(server: Server, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const state = await probe(path);
  if (state === "alive") throw new Error(`a daemon answers at ${path} already`);
  if (state === "dead") unlinkSync(path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, backlog: 16 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  chmodSync(path, SOCKET_MODE);
}

function probe(path: string): Promise<"absent" | "dead" | "alive"> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (state: "absent" | "dead" | "alive"): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(state);
    };
    const timer = setTimeout(() => settle("alive"), PROBE_MS);
    socket.on("connect", () => settle("alive"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return settle("absent");
      settle(error.code === "ECONNREFUSED" ? "dead" : "alive");
    });
  });
}
