// What the configuration is held against on this machine. Injected, so that tests bring a machine of their own.
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
    initDirectory: "/etc/init.d",
  };
}
