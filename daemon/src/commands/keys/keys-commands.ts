// The `systole keys` part of the command line: keys of the nodes, from the first one to a revoked one.
import { Option, type Command } from "commander";
import type { OperateOptions } from "../operate.js";
import { runDir, timeout } from "../operator-options.js";
import type { Terminal } from "../terminal.js";
import type { NewKeyOptions, RevokeOptions } from "./key-files.js";
import type { KeyStatusOptions } from "./key-status.js";

const AFTER_HELP = `
The first keys, on each node:
  systole keys new                 makes node.key, which stays, and NODE.pub, which the others need
  scp /etc/ha.d/keys/NODE.pub OTHER:/etc/ha.d/keys/
then \`security: { mode: receive-only }\` in systole.yaml and a restart, node after node; then \`permissive\` and
\`systole keys reload\` on each, and at last \`enforce\` in the same way. docs/security.md has the whole story.

Later:
  systole keys rotate              this node gets a new key; nothing is copied, nothing is lost
  systole keys revoke NODE         NODE's key counts for nothing any more; say it on every other node
`;

const haDir = () =>
  new Option("--ha-dir <dir>", "where systole.yaml is, and keys below it").default("/etc/ha.d");
const node = () => new Option("--node <name>", "this node's name, if it is not what `uname -n` prints");

/** Adds `keys new`, `rotate`, `reload`, `revoke` and `status`; `done` gets the exit code. */
export function addKeysCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const keys = program
    .command("keys")
    .description("keys that seal what the nodes say to each other")
    .helpCommand(false)
    .addHelpText("after", AFTER_HELP);
  keys
    .command("new")
    .description("make this node's key; the daemon need not run")
    .addOption(haDir())
    .addOption(node())
    .option("--replace", "give up the key that is there, e.g. after it was revoked elsewhere")
    .action(async (options: NewKeyOptions) => {
      const { newKey } = await import("./key-files.js");
      done(await newKey(options, terminal));
    });
  keys
    .command("rotate")
    .description("let a new key take the place of this node's, on all nodes, and show each step")
    .addOption(runDir())
    .addOption(timeout())
    .action(async (options: OperateOptions) => {
      const { rotateKey } = await import("./rotate-key.js");
      done(await rotateKey(options, terminal));
    });
  keys
    .command("reload")
    .description("read the keys and the mode again, as SIGHUP does, and say what came of it")
    .addOption(runDir())
    .addOption(timeout())
    .action(async (options: OperateOptions) => {
      const { reloadKeys } = await import("../operate.js");
      done(await reloadKeys(options, terminal));
    });
  keys
    .command("revoke")
    .description("never believe the present keys of a node again")
    .argument("<name>", "as `systole keys status` shows it")
    .addOption(haDir())
    .addOption(runDir())
    .option("--force", "although something speaks with that key")
    .action(async (name: string, options: RevokeOptions) => {
      const { revokeKey } = await import("./key-files.js");
      done(await revokeKey(name, options, terminal));
    });
  keys
    .command("status")
    .description("show keys, steps, and how each node speaks")
    .option("--json", "for programs")
    .addOption(runDir())
    .action(async (options: KeyStatusOptions) => {
      const { keyStatus } = await import("./key-status.js");
      done(await keyStatus(options, terminal));
    });
}
