// The `systole witness` part of the command line: the third voice of clusters of two, on a machine of one's own, and their keys.
import { Option, type Command } from "commander";
import type { Terminal } from "../terminal.js";
import type { WitnessKeyOptions, WitnessOptions } from "./witness.js";

const AFTER_HELP = `
The secret: \`openssl rand -hex 32\` in a file that others may not read, or in the variable SYSTOLE_WITNESS_SECRET. It makes the
keys of all clusters; only the witness has it.

Examples:
  systole witness key web --secret-file /etc/systole/witness.secret
      what the nodes of the cluster web need, as a file of their own
  systole witness --listen 127.0.0.1:8470 --store /var/lib/systole-witness --secret-file /etc/systole/witness.secret
      behind a proxy that speaks TLS
  systole witness --listen 0.0.0.0:8470 --store … --secret-file … --tls-cert cert.pem --tls-key key.pem
      by itself

docs/witness.md is the guide; it also says how to run it where there is no server.
`;

const secretFile = () =>
  new Option("--secret-file <file>", "where the secret is, if it is not in SYSTOLE_WITNESS_SECRET");

/** Adds `witness` and `witness key`; `done` gets the exit code. */
export function addWitnessCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const witness = program
    .command("witness")
    .description(
      "say who may serve when two nodes do not hear each other; in the foreground, on a third machine",
    )
    .helpCommand(false)
    .option("--listen <host:port>", "where nodes ask; nothing listens without it")
    .option("--store <dir>", "where leases survive a restart")
    .addOption(secretFile())
    .option("--longest-lease <seconds>", "also how long it waits after its store was lost", "60")
    .option("--tls-cert <file>", "a certificate with its chain, in PEM")
    .option("--tls-key <file>", "its key, in PEM")
    .addHelpText("after", AFTER_HELP)
    .action(async (options: WitnessOptions) => {
      const { runWitness } = await import("./witness.js");
      done(await runWitness(options, terminal));
    });
  witness
    .command("key")
    .description("print the key of a cluster, which its nodes need")
    .argument("<cluster>", "letters, digits, _ . and -: the same name in quorum-witness on every node")
    .addOption(secretFile())
    .action(async (cluster: string, _options: WitnessKeyOptions, command: Command) => {
      const { printKey } = await import("./witness.js");
      done(await printKey(cluster, command.optsWithGlobals(), terminal));
    });
}
