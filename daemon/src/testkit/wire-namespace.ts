// A network namespace with nothing but a loopback, to capture in. Needs root.
import { execFileSync } from "node:child_process";
import { recordingTerminal, type RecordingTerminal } from "./recording-terminal.js";
import { sniff, type SniffOptions } from "../commands/wire/sniff.js";

export const isRoot = process.getuid?.() === 0;

let count = 0;

export class WireNamespace {
  readonly name: string;
  private readonly stops: (() => void)[] = [];

  constructor() {
    count += 1;
    this.name = `systole-wire-${process.pid}-${count}`;
    execFileSync("ip", ["netns", "add", this.name]);
    // As small as a cable's, so that large messages are split.
    execFileSync("ip", ["-n", this.name, "link", "set", "lo", "up", "mtu", "1500"]);
  }

  get prefix(): readonly string[] {
    return ["ip", "netns", "exec", this.name];
  }

  /** Sends a file as one datagram to 127.0.0.1. */
  send(file: string, port = 694): void {
    const [program = "", ...args] = this.prefix;
    execFileSync(program, [...args, "bash", "-c", `cat "$0" > /dev/udp/127.0.0.1/${port}`, file]);
  }

  /** Sniffs while `talk` runs; ends by itself after `options.count`, or when `talk` calls `stop`. */
  async sniff(
    options: SniffOptions,
    talk: (stop: () => void) => void,
  ): Promise<{ exitCode: number; terminal: RecordingTerminal }> {
    const terminal = recordingTerminal();
    let stop = (): void => undefined;
    const sniffing = sniff(
      "lo",
      options,
      spoken(terminal, () => talk(stop)),
      {
        prefix: this.prefix,
        onStop: (given) => {
          stop = given;
          this.stops.push(given);
          return () => undefined;
        },
      },
    );
    return { exitCode: await sniffing, terminal };
  }

  remove(): void {
    for (const stop of this.stops.splice(0)) stop();
    execFileSync("ip", ["netns", "del", this.name]);
  }
}

/** Calls back when the listener says that it listens. */
function spoken(terminal: RecordingTerminal, listening: () => void): RecordingTerminal {
  const write = (text: string): void => {
    terminal.err.write(text);
    if (text.startsWith("Listening")) listening();
  };
  return { ...terminal, err: { ...terminal.err, write } };
}
