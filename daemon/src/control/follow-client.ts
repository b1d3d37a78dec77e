// The reader's end of a connection that events come over.
import { connect } from "node:net";
import { SystoleError } from "@systole/core/ports";
import { LineReader } from "./line-reader.js";
import { ControlResponse, EventLine, MAX_RESPONSE_BYTES, type ControlRequest } from "./protocol.js";

export interface Following {
  /** Without it: from now on. */
  readonly afterSeq?: number;
  /** Ends it; nothing is thrown then. */
  readonly signal: AbortSignal;
  readonly said: (line: EventLine) => void;
}

/** Resolves when the daemon ends the connection. Throws `CONTROL_REFUSED` when it refuses, and what the socket throws. */
export function followDaemon(path: string, { afterSeq, signal, said }: Following): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let isAccepted = false;
    const end = (error?: Error): void => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      if (error === undefined || signal.aborted) resolve();
      else reject(error);
    };
    const stop = (): void => end();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) return stop();
    const lines = new LineReader(MAX_RESPONSE_BYTES, {
      line: (line) => {
        try {
          if (isAccepted) return said(EventLine.parse(JSON.parse(line)));
          const answer = ControlResponse.parse(JSON.parse(line));
          isAccepted = true;
          if (!answer.ok) end(new SystoleError("CONTROL_REFUSED", answer.reason));
        } catch (error) {
          const message = `what answers at ${path} is not a systole daemon of this version`;
          end(new SystoleError("CONTROL_REFUSED", message, { cause: error }));
        }
      },
      tooLong: () => end(new SystoleError("CONTROL_REFUSED", `what comes from ${path} is too long`)),
    });
    socket.on("data", (bytes) => lines.push(bytes));
    socket.on("error", end);
    socket.on("close", () => end());
    const request: ControlRequest = { command: "events", ...(afterSeq !== undefined && { afterSeq }) };
    socket.write(`${JSON.stringify(request)}\n`);
  });
}
