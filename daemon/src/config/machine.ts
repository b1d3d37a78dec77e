// What the configuration is held against on this machine. Injected, so that tests bring a machine of their own.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";

export interface Machine {
  /** What `uname -n` prints. */
  hostname(): string;
  /** Of this network namespace; interfaces that are down or without address count too. */
  interfaceExists(name: string): boolean;
  /** A character device, as serial ports are. */
  isDevice(path: string): boolean;
  isExecutableFile(path: string): boolean;
  /** Whether this machine knows a user or a group of that name or number. */
  accountExists(kind: "user" | "group", name: string): boolean;
  readonly initDirectory: string;
}

/** Names in `/proc/net/dev`, which, unlike /sys, always shows the network namespace of the process. */
export function interfaceNames(procNetDev: string): ReadonlySet<string> {
  const names = procNetDev.split("\n").map((line) => /^\s*([^\s:]+):/.exec(line)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

function isExecutableFile(path: string): boolean {
  try {
    const file = statSync(path);
    return file.isFile() && (file.mode & 0o111) !== 0;
  } catch {
    return false;
  }
}

const ACCOUNT_TIMEOUT_MS = 5000;

/** Local accounts from their file, others (LDAP …) as `getent` knows them. */
function accountExists(kind: "user" | "group", name: string): boolean {
  const database = kind === "user" ? "passwd" : "group";
  const entries = readFileSync(`/etc/${database}`, "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  if (entries.some(([entry, , id]) => entry === name || id === name)) return true;
  if (!/^[a-z0-9_][a-z0-9_.$-]{0,63}$/i.test(name)) return false;
  return spawnSync("getent", [database, name], { timeout: ACCOUNT_TIMEOUT_MS }).status === 0;
}

function isDevice(path: string): boolean {
  try {
    return statSync(path).isCharacterDevice();
  } catch {
    return false;
  }
}

/** This machine, as it is at the moment of each question. */
export function thisMachine(): Machine {
  return {
    hostname,
    interfaceExists: (name) => interfaceNames(readFileSync("/proc/net/dev", "utf8")).has(name),
    isDevice,
    isExecutableFile,
    accountExists,
    initDirectory: "/etc/init.d",
  };
}
