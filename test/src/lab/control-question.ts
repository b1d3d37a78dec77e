// Asks a daemon of the lab over its control socket, from outside the host: no program has to be started for a look.
import { connect } from "node:net";
import type { Host } from "./host.js";

const PATIENCE_MS = 3000;
const LIMIT_CHARACTERS = 8 * 1024 * 1024;

/** What came back, as the daemon said it. */
export interface ControlAnswer {
  readonly ok: boolean;
  readonly reason?: string;
  readonly status?: unknown;
}

/** Undefined when no daemon answers there. */
export function askControl(
  host: Host,
  request: { readonly command: string },
): Promise<ControlAnswer | undefined> {
  return new Promise((resolve) => {
    // Through the host's own mounts: its /run is its own.
    const socket = connect(`/proc/${String(host.pid)}/root/run/systole/control.sock`);
    let text = "";
    const end = (answer?: ControlAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(), PATIENCE_MS);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      const line = text.split("\n", 1)[0] ?? "";
      if (line.length < text.length) end(JSON.parse(line) as ControlAnswer);
      else if (text.length > LIMIT_CHARACTERS) end();
    });
    socket.on("error", () => end());
    socket.on("close", () => end());
    socket.write(`${JSON.stringify(request)}\n`);
  });
}
