// An intruder on the gateway for tests of bad input: hears what the nodes broadcast or multicast, says what it likes.
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Lab } from "./lab.js";

const PROGRAM = fileURLToPath(new URL("../../dist/lab/packet-port.js", import.meta.url));
const HEARD_LIMIT = 1000;

export interface HeardPacket {
  readonly from: string;
  readonly bytes: Buffer;
}

export class Intruder {
  /** Oldest first; the last thousand. */
  readonly heard: HeardPacket[] = [];
  private readonly port: ChildProcess;

  constructor(lab: Lab) {
    this.port = lab.gateway.spawn([process.execPath, PROGRAM, "694"], ["pipe", "pipe", "inherit"]);
    this.port.stdin?.on("error", () => undefined);
    if (this.port.stdout === null) return;
    createInterface({ input: this.port.stdout }).on("line", (line) => {
      const [from = "", text = ""] = line.split(" ");
      this.heard.push({ from, bytes: Buffer.from(text, "base64") });
      if (this.heard.length > HEARD_LIMIT) this.heard.shift();
    });
  }

  send(address: string, bytes: Uint8Array): void {
    this.port.stdin?.write(`${address} ${Buffer.from(bytes).toString("base64")}\n`);
  }

  close(): void {
    this.port.stdin?.end();
  }
}
