// Opens one UDP socket as planned, and leaves nothing open when that fails.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { closeSync } from "node:fs";
import type { NetworkSockets } from "@systole/sdk";
import type { SocketPlan } from "./plan.js";

/** Room for a burst: about a thousand small frames, or fifteen of the largest. The kernel may grant less. */
const RECEIVE_BUFFER_BYTES = 1 << 20;

export interface SocketEvents {
  message(bytes: Uint8Array, from: RemoteInfo): void;
  /** The socket failed after it was opened. */
  error(error: Error): void;
}

/** Rejects with the system's error. Undefined: sockets cannot be tied to a device here. */
export async function openSocket(
  plan: SocketPlan,
  sockets: NetworkSockets,
  events: SocketEvents,
): Promise<Socket | undefined> {
  let fd: number | undefined;
  if (plan.binding === "device") {
    const { family, interface: name, port } = plan;
    fd = sockets.boundUdp({ family, interface: name, port });
    if (fd === undefined) return undefined;
  }
  const socket = createSocket({
    type: plan.family === 6 ? "udp6" : "udp4",
    reuseAddr: plan.shared,
    ipv6Only: plan.family === 6,
  });
  try {
    await bound(socket, plan, fd);
    configure(socket, plan);
  } catch (error) {
    await closeSocket(socket);
    throw error;
  }
  socket.on("message", (bytes, from) => events.message(bytes, from));
  socket.on("error", (error) => events.error(error));
  return socket;
}

function bound(socket: Socket, plan: SocketPlan, fd: number | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("listening", () => {
      socket.off("error", reject);
      resolve();
    });
    if (fd === undefined) {
      const { port, address } = plan;
      socket.bind({ port, exclusive: true, ...(address === undefined ? {} : { address }) });
      return;
    }
    try {
      socket.bind({ fd, exclusive: true });
    } catch (error) {
      // Refused before the socket took it over: it is still ours to close.
      closeSync(fd);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function configure(socket: Socket, plan: SocketPlan): void {
  if (plan.port !== 0) socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  if (plan.broadcast) socket.setBroadcast(true);
  if (plan.multicast !== undefined) {
    const { ttl, loop, via } = plan.multicast;
    if (via !== undefined) socket.setMulticastInterface(via);
    socket.setMulticastTTL(ttl);
    socket.setMulticastLoopback(loop);
  }
  for (const { group, on } of plan.memberships) socket.addMembership(group, on);
}

/** Resolves when the socket is closed; closing a closed one is harmless. */
export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(() => resolve());
    } catch {
      resolve();
    }
  });
}
