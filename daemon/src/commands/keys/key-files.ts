// `systole keys new` and `systole keys revoke`: what changes the files of keys. A daemon that runs is told.
import { join } from "node:path";
import { isNodeName, KeyDirectory, SecretKey } from "@systole/auth-sealed";
import { SystoleError } from "@systole/core/ports";
import { selfName } from "../../config/load-config.js";
import { thisMachine, type Machine } from "../../config/machine.js";
import { readConfigFile } from "../../config/read-file.js";
import { keyDirectory } from "../../config/security.js";
import { parseSystoleYaml } from "../../config/systole-yaml/parse.js";
import { askDaemon } from "../../control/control-client.js";
import type { ControlRequest, ControlResponse } from "../../control/protocol.js";
import { controlSocketPath } from "../../control/run-directory.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { harmless, type Terminal } from "../terminal.js";

export interface NewKeyOptions {
  readonly haDir: string;
  readonly node?: string;
  readonly replace?: boolean;
}

export interface RevokeOptions {
  readonly haDir: string;
  readonly runDir: string;
  readonly force?: boolean;
}

const TIMEOUT_MS = 10_000;

/** Where systole.yaml says, else beside it. */
function directoryOf(haDir: string): string {
  const path = join(haDir, "systole.yaml");
  const file = readConfigFile(path);
  const said = file.ok ? parseSystoleYaml(file.text, path).value.settings.security?.keys : undefined;
  return said ?? keyDirectory(haDir);
}

/** Makes this node's key. Throws `KEYS_INVALID` when it cannot be kept. */
export async function newKey(
  { haDir, node, replace }: NewKeyOptions,
  terminal: Terminal,
  machine: Machine = thisMachine(),
): Promise<number> {
  const directory = new KeyDirectory(directoryOf(haDir));
  const { name } = selfName(haDir, node, machine);
  if (!isNodeName(name)) {
    terminal.err.write(
      `systole keys new: "${harmless(name)}" cannot be a node's name; name it with --node\n`,
    );
    return EXIT_CODES.error;
  }
  if (directory.hasSecret() && replace !== true) {
    terminal.err.write(
      `systole keys new: ${directory.secretPath} is there already; \`systole keys rotate\` changes it while the cluster runs, --replace gives it up\n`,
    );
    return EXIT_CODES.error;
  }
  const key = SecretKey.generate();
  await directory.writeSecret(name, [key]);
  await directory.writePublic(name, [key.public]);
  terminal.out.write(`The key of ${name} is ${key.public.id}.
  ${directory.secretPath}  the secret: it stays here
  ${join(directory.path, `${name}.pub`)}  for the others, e.g.: scp ${join(directory.path, `${name}.pub`)} OTHER:${directory.path}/
`);
  return EXIT_CODES.ok;
}

/** Revokes on this node. Throws `KEYS_INVALID` when that cannot be written down. */
export async function revokeKey(node: string, options: RevokeOptions, terminal: Terminal): Promise<number> {
  const name = node.toLowerCase();
  const refuse = (reason: string) => {
    terminal.err.write(`systole keys revoke: ${harmless(reason)}\n`);
    return EXIT_CODES.error;
  };
  const before = await ifRunning(options.runDir, { command: "keys" });
  const report = before?.ok === true ? before.keys : undefined;
  if (report?.own.node === name) return refuse(`${name} is this node; revoke its key on the others`);
  const peer = report?.peers.find((one) => one.node === name);
  if (peer !== undefined && peer.sends !== "nothing" && options.force !== true) {
    return refuse(
      `${name} speaks with that key: it would think this node dead, and take over what runs here; end its daemon first, or say --force if it is not ${name} who speaks`,
    );
  }
  const directory = new KeyDirectory(directoryOf(options.haDir));
  if ((directory.readPublic().nodes.get(name) ?? []).length === 0)
    return refuse(`there is no key of ${name} in ${directory.path}`);
  const revoked = await directory.revoke(name);
  terminal.out.write(`Revoked: ${revoked.map(({ id }) => id).join(", ")} of ${name}.\n`);
  const answer = await ifRunning(options.runDir, { command: "keys-reload", timeoutMs: TIMEOUT_MS });
  if (answer?.ok === false) return refuse(`the daemon has not read the keys again: ${answer.reason}`);
  if (answer === undefined) terminal.out.write("No daemon runs here; the next one that starts knows it.\n");
  terminal.out.write(`Say it on every other node too: systole keys revoke ${name}\n`);
  if (report !== undefined && report.mode !== "enforce")
    terminal.out.write(
      `Signed frames are still believed here (mode ${report.mode}): change authkeys as well.\n`,
    );
  return EXIT_CODES.ok;
}

/** The answer of the daemon; undefined when none runs. */
async function ifRunning(runDir: string, request: ControlRequest): Promise<ControlResponse | undefined> {
  try {
    return await askDaemon(controlSocketPath(runDir), request, { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof SystoleError && error.code === "CONTROL_UNREACHABLE" && error.retryable)
      return undefined;
    throw error;
  }
}
