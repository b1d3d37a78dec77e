// `cl_status` for machines without heartbeat's package: it asks over heartbeat's own socket, so it is served by Systole
// and by a running heartbeat alike.
import { hostname } from "node:os";
import { ApiClient } from "@systole/api-heartbeat/client";
import { messageCodec } from "@systole/core";
import { harmless, type Terminal } from "../terminal.js";
import { OLD_EXIT, SUB_COMMANDS } from "./cl-status-commands.js";
import { CL_STATUS_USAGE } from "./cl-status-usage.js";
import { readOldOptions } from "./old-options.js";

const SOCKET = "/var/run/heartbeat/register";
const ALARM_MS = 5000;

export interface ClStatusOptions {
  /** Another path than heartbeat's, for tests. */
  readonly socket?: string;
}

/** Tabs and newlines are ours; any other control character came from outside. */
function lines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split("\t").map(harmless).join("\t"))
    .join("\n");
}

function logLine(text: string): string {
  const [, month = "", day = "", , time = ""] = new Date().toString().split(" ");
  return `${month} ${day} ${time} ${hostname()} cl_status: [${process.pid}]: ERROR: ${text}\n`;
}

/** Returns the exit code of the C program. */
export async function clStatus(
  args: readonly string[],
  terminal: Terminal,
  { socket = SOCKET }: ClStatusOptions = {},
): Promise<number> {
  const [name, ...rest] = args;
  const print = (line: string): void => terminal.out.write(`${lines(line)}\n`);
  const grumble = (line: string): void => terminal.err.write(`${lines(line)}\n`);
  const complain = (text: string): void => terminal.err.write(logLine(harmless(text)));
  if (name === undefined || name === "-h") {
    terminal.out.write(CL_STATUS_USAGE);
    return OLD_EXIT.ok;
  }
  const command = Object.hasOwn(SUB_COMMANDS, name) ? SUB_COMMANDS[name] : undefined;
  if (command === undefined) {
    complain(`${name}: invalid sub-command.`);
    return OLD_EXIT.wrongUse;
  }
  const alarm = new AbortController();
  const timer = setTimeout(() => alarm.abort(), ALARM_MS);
  const client = await ApiClient.signOn(socket, messageCodec, alarm.signal);
  try {
    if (client === undefined)
      return alarm.signal.aborted ? OLD_EXIT.alarm : notSignedOn(name, print, complain);
    const options = readOldOptions(name, rest, command.options);
    for (const complaint of options.complaints) grumble(complaint);
    if (options.complaints.length > 0 && name !== "hbstatus") {
      complain("Error: getopt returnedcharacter ?.");
      return OLD_EXIT.wrongUse;
    }
    if (options.parameters.length < (command.needs?.count ?? 0)) {
      grumble(command.needs?.complaint ?? "");
      return OLD_EXIT.wrongUse;
    }
    const code = await command.run({ client, options, print, grumble, complain });
    return alarm.signal.aborted ? OLD_EXIT.alarm : code;
  } finally {
    clearTimeout(timer);
    client?.close();
  }
}

function notSignedOn(name: string, print: (line: string) => void, complain: (text: string) => void): number {
  if (name === "hbstatus") print("Heartbeat is stopped on this machine.");
  else {
    complain("Cannot signon with heartbeat");
    complain("REASON: hb_api_signon: Can't initiate connection to heartbeat");
  }
  return OLD_EXIT.normalFailure;
}
