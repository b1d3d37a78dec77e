// What the configuration is held against on this machine. Injected, so that tests bring a machine of their own.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
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
  /** The number of a group; undefined when there is none of that name or number. */
  groupId(name: string): number | undefined;
  /** Names in a directory, sorted; none when it cannot be read. */
  namesIn(directory: string): readonly string[];
  /** Where a heartbeat on this machine keeps its state. */
  readonly heartbeatDirectory: string;
  /** Where systemd puts what it has decrypted for this service; undefined when it has nothing. */
  readonly credentialsDirectory: string | undefined;
  readonly initDirectory: string;
  readonly ocfDirectory: string;
  /** Where systemd looks for files of units. */
  readonly unitDirectories: readonly string[];
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

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}

/** `systemd-analyze unit-paths`, without what belongs to one session. */
const UNIT_DIRECTORIES = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/run/systemd/generator",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
  "/run/systemd/generator.late",
];

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

const GROUP_ENTRY = /^[^:]*:[^:]*:(\d+):/;

/** From the local file, else as `getent` knows it. */
function groupId(name: string): number | undefined {
  const local = readFileSync("/etc/group", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${name}:`) || line.split(":")[2] === name);
  const known = /^[a-z0-9_][a-z0-9_.$-]{0,63}$/i.test(name);
  const entry =
    local ??
    (known
      ? spawnSync("getent", ["group", name], { timeout: ACCOUNT_TIMEOUT_MS, encoding: "utf8" }).stdout
      : "");
  const id = GROUP_ENTRY.exec(entry ?? "")?.[1];
  return id === undefined ? undefined : Number(id);
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
    groupId,
    namesIn,
    heartbeatDirectory: "/var/lib/heartbeat",
    credentialsDirectory: process.env["CREDENTIALS_DIRECTORY"],
    initDirectory: "/etc/init.d",
    ocfDirectory: "/usr/lib/ocf/resource.d",
    unitDirectories: UNIT_DIRECTORIES,
  };
}
