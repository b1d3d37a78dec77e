// Whether this node may speak on the network as its files say: keys that are there and safe, and no crc by accident.
import { join } from "node:path";
import { KeyDirectory, SealedConfig } from "@systole/auth-sealed";
import { SystoleError, type SealMode } from "@systole/core/ports";
import type { AuthKeys } from "./authkeys.js";
import type { Machine } from "./machine.js";
import { WHOLE_FILE, type Problems } from "./problem.js";
import type { SystoleSettings } from "./systole-yaml/parse.js";

/** What systole.yaml means for sealed frames. */
export interface SealingChoice {
  readonly mode: SealMode;
  readonly directory: string;
  readonly credential?: string;
}

/** Name of systemd's credential that stands for `node.key`: `LoadCredential=systole.key:…`. */
const CREDENTIAL = "systole.key";
/** A heartbeat that has ever run on this machine has left it. */
const HEARTBEAT_TRACE = "hb_generation";

export function sealingChoice(
  { settings: { security } }: SystoleSettings,
  haDirectory: string,
  machine: Machine,
): SealingChoice {
  const { mode = "off", keys = keyDirectory(haDirectory) } = security ?? {};
  const { credentialsDirectory } = machine;
  const hasCredential =
    credentialsDirectory !== undefined && machine.namesIn(credentialsDirectory).includes(CREDENTIAL);
  return {
    mode,
    directory: keys,
    ...(hasCredential && { credential: join(credentialsDirectory, CREDENTIAL) }),
  };
}

export function keyDirectory(haDirectory: string): string {
  return join(haDirectory, "keys");
}

/** What the sealing plugin is told. */
export function sealedConfig(self: string, choice: SealingChoice): SealedConfig {
  return { self, ...choice };
}

/** Every node that shall be understood has a key here, and none of the files is in others' hands. */
export function checkSealing(
  choice: SealingChoice,
  self: string,
  nodes: readonly string[],
  place: SystoleSettings["place"],
  problems: Problems,
): void {
  if (choice.mode === "off") return;
  const at = place("security", "mode");
  const directory = new KeyDirectory(choice.directory, choice.credential);
  const known = attempt(
    () => directory.readPublic().nodes,
    (message) => problems.error(at, "keys.directory-invalid", message),
  );
  if (known === undefined) return;
  attempt(
    () => directory.readSecret(),
    (message) => problems.error(at, "keys.own-invalid", message),
  );
  const missing = nodes.filter((node) => node !== self && !known.has(node));
  for (const node of missing) {
    const advice = `copy ${node}.pub from there to ${choice.directory}`;
    if (choice.mode === "receive-only")
      problems.warning(at, "keys.missing", `there is no key of ${node} yet; ${advice} before the next step`);
    else
      problems.error(
        at,
        "keys.missing",
        `there is no key of ${node}, which could not be understood; ${advice}, or write \`mode: receive-only\``,
      );
  }
}

function attempt<Value>(read: () => Value, refuse: (message: string) => void): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SystoleError)) throw error;
    refuse(error.message);
    return undefined;
  }
}

export interface CrcCircumstances {
  /** On the command line. */
  readonly saidInsecure: boolean;
  readonly settings: SystoleSettings;
  readonly hasSystoleYaml: boolean;
  /** A serial line reaches nobody but the other node. */
  readonly hasNetwork: boolean;
  readonly machine: Machine;
}

/**
 * Whether crc may sign here: it was said, no network carries it, or a cluster is taken over from heartbeat with the three
 * files that it had.
 */
export function allowsCrc(circumstances: CrcCircumstances): boolean {
  const { saidInsecure, settings, hasSystoleYaml, hasNetwork, machine } = circumstances;
  if (saidInsecure || settings.settings.security?.insecure === true || !hasNetwork) return true;
  return !hasSystoleYaml && machine.namesIn(machine.heartbeatDirectory).includes(HEARTBEAT_TRACE);
}

export const CRC_ADVICE =
  "write `sha1` and a key, on all nodes; or say that you want it: `security: { insecure: true }` in systole.yaml, or --insecure";

export function checkCrc(keys: AuthKeys, isAllowed: boolean, problems: Problems): void {
  const signer = keys.keys.find(({ index }) => index === keys.sign);
  if (signer?.method !== "crc" || isAllowed) return;
  const message = `crc signs, so anybody on the network can speak as a node of this cluster; ${CRC_ADVICE}`;
  problems.error(WHOLE_FILE, "authkeys.crc-refused", message);
}

/** The group that may look is one of this machine. */
export function checkReaders(
  { settings: { security }, place }: SystoleSettings,
  machine: Machine,
  problems: Problems,
): void {
  const readers = security?.readers;
  if (readers === undefined || machine.groupId(readers) !== undefined) return;
  const message = `there is no group ${readers} on this machine; create it with \`groupadd ${readers}\`, or delete the line`;
  problems.error(place("security", "readers"), "yaml.group-unknown", message);
}
