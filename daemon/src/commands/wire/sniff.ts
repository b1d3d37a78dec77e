// `systole wire sniff`: what passes an interface, as it passes. tcpdump captures, filtered in the kernel; we read.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { SystoleError } from "@systole/core/ports";
import { EXIT_CODES } from "../../exit-codes.js";
import { readAuthKeys } from "../../wire/authkeys-file.js";
import { Datagrams } from "../../wire/datagrams.js";
import { packetJson, packetLine } from "../../wire/packet-line.js";
import { PcapStream } from "../../wire/pcap-stream.js";
import { WireKeys } from "../../wire/wire-keys.js";
import { harmless, type Terminal } from "../terminal.js";

export interface SniffOptions {
  readonly authkeys?: string;
  readonly port: number;
  readonly count?: number;
  readonly json?: boolean;
}

/** What tests replace. */
export interface SniffParts {
  /** Put before tcpdump's own command line. */
  readonly prefix: readonly string[];
  /** Calls back when it is time to end; returns a function that ends listening. */
  readonly onStop: (stop: () => void) => () => void;
}

type Capture = ChildProcessByStdio<null, Readable, Readable>;

const INTERFACE_NAME = /^[A-Za-z0-9_.@:][A-Za-z0-9_.@:-]{0,14}$/;
const MAX_COMPLAINT_CHARACTERS = 2000;

const PROCESS_PARTS: SniffParts = {
  prefix: [],
  onStop: (stop) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
    return () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
    };
  },
};

/**
 * At once and unbuffered. In that mode every packet takes a slot of the kernel's buffer as large as the longest packet that
 * is asked for, so both are named: the fragments of a large message come in a burst.
 */
const CAPTURE_OPTIONS = ["-n", "-U", "--immediate-mode", "-s", "65600", "-B", "32768"];

/** The port, and what follows the first fragment of a datagram: it has no port. */
function filterOf(port: number): string {
  return `udp port ${port} or (ip proto 17 and ip[6:2] & 0x1fff != 0)`;
}

/** Returns 0 when it was told to end or has seen `count` messages. Throws a `SystoleError` for what cannot work. */
export async function sniff(
  name: string,
  options: SniffOptions,
  terminal: Terminal,
  parts: SniffParts = PROCESS_PARTS,
): Promise<number> {
  if (!INTERFACE_NAME.test(name)) throw notFound(name);
  const keys =
    options.authkeys === undefined ? undefined : new WireKeys(readAuthKeys(options.authkeys, "tool"));
  const [program = "tcpdump", ...args] = [...parts.prefix, "tcpdump"];
  const capture = spawn(
    program,
    [...args, "-i", name, ...CAPTURE_OPTIONS, "-w", "-", filterOf(options.port)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let stopped = false;
  const stop = () => {
    stopped = true;
    capture.kill("SIGTERM");
  };
  const endListening = parts.onStop(stop);
  let complaint = "";
  capture.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-MAX_COMPLAINT_CHARACTERS);
  });
  const failure = readCapture(capture, name, options, keys, terminal, stop);
  const code = await ended(capture);
  endListening();
  if (failure.error !== undefined) throw failure.error;
  if (stopped || code === 0) return EXIT_CODES.ok;
  return explain(name, code, complaint, terminal);
}

/** Prints until `stop` is called. What goes wrong is kept for when tcpdump has ended. */
function readCapture(
  capture: Capture,
  name: string,
  options: SniffOptions,
  keys: WireKeys | undefined,
  terminal: Terminal,
  stop: () => void,
): { error?: unknown } {
  const failure: { error?: unknown } = {};
  const stream = new PcapStream();
  const datagrams = new Datagrams();
  const line = options.json === true ? packetJson : packetLine;
  let left = options.count ?? Number.POSITIVE_INFINITY;
  const print = (chunk: Uint8Array): void => {
    const begun = stream.hasBegun;
    const packets = stream.push(chunk);
    if (!begun && stream.hasBegun) {
      terminal.err.write(`Listening on ${name}, UDP port ${options.port}. Ctrl-C ends.\n`);
    }
    for (const { packet, wallMs } of packets) {
      const datagram = datagrams.take(packet);
      if (datagram === undefined || !datagram.ports.includes(options.port) || left <= 0) continue;
      terminal.out.write(line({ ...datagram, wallMs }, keys));
      left -= 1;
      if (left === 0) stop();
    }
  };
  capture.stdout.on("data", (chunk: Uint8Array) => {
    if (failure.error !== undefined) return;
    try {
      print(chunk);
    } catch (error) {
      failure.error = error;
      stop();
    }
  });
  return failure;
}

/** tcpdump's exit code; undefined when it could not be started or a signal ended it. */
function ended(capture: Capture): Promise<number | undefined> {
  return new Promise((resolve) => {
    capture.once("error", () => resolve(undefined));
    capture.once("close", (code) => resolve(code ?? undefined));
  });
}

function explain(name: string, code: number | undefined, complaint: string, terminal: Terminal): number {
  if (/permission|not permitted/i.test(complaint)) {
    terminal.err.write("systole wire sniff: capturing needs root; run it with sudo.\n");
    return EXIT_CODES.insufficientPrivileges;
  }
  if (/no such device/i.test(complaint)) throw notFound(name);
  const reason =
    complaint.trim() === "" && code === undefined
      ? "tcpdump cannot be started; install the package tcpdump"
      : `tcpdump ended: ${harmless(complaint.trim().split("\n").at(-1) ?? "")}`;
  terminal.err.write(`systole wire sniff: ${reason}\n`);
  return EXIT_CODES.error;
}

function notFound(name: string): SystoleError {
  return new SystoleError(
    "INTERFACE_NOT_FOUND",
    `There is no interface ${harmless(name).slice(0, 40)}; \`ip link\` lists them.`,
  );
}
