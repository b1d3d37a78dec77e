// The `systole wire` part of the command line: looking at what nodes say to each other.
import { InvalidArgumentError, Option, type Command } from "commander";
import type { Terminal } from "../terminal.js";
import type { DecodeOptions } from "./decode.js";
import type { SniffOptions } from "./sniff.js";

const MAX_PORT = 65_535;
const DEFAULT_PORT = 694;

function wholeNumber(text: string, most: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${most}.`);
}

const authkeys = () =>
  new Option("--authkeys <file>", "the keys to verify with; without it nothing is verified");

/** Adds `wire decode` and `wire sniff`; `done` gets the exit code. */
export function addWireCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const wire = program.command("wire").description("look at the messages of a cluster").helpCommand(false);
  wire
    .command("decode")
    .description("print captured payloads as lines of JSON")
    .argument("<payload...>", "files with one payload each; - is stdin")
    .addOption(authkeys())
    .option("--reencode", "also encode and sign again, and say whether the bytes are the same")
    .action(async (payloads: readonly string[], options: DecodeOptions) => {
      const { decode } = await import("./decode.js");
      done(decode(payloads, options, terminal));
    });
  wire
    .command("sniff")
    .description("print messages as they pass an interface, until Ctrl-C; needs root and tcpdump")
    .argument("<interface>", "e.g. eth0, or any")
    .addOption(authkeys())
    .addOption(
      new Option("--port <port>", "the cluster's UDP port")
        .default(DEFAULT_PORT)
        .argParser((text) => wholeNumber(text, MAX_PORT)),
    )
    .addOption(
      new Option("--count <count>", "end after so many messages").argParser((text) =>
        wholeNumber(text, 999_999_999),
      ),
    )
    .option("--json", "lines of JSON, as decode prints them")
    .action(async (name: string, options: SniffOptions) => {
      const { sniff } = await import("./sniff.js");
      done(await sniff(name, options, terminal));
    });
}
