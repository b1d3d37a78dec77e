// `systole keys status`: keys, steps, and how each node speaks.
import { askReading } from "../../control/control-client.js";
import type { KeyDocument } from "../../control/key-document.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { harmless, paint, type Output, type Terminal } from "../terminal.js";

export interface KeyStatusOptions {
  readonly runDir: string;
  readonly json?: boolean;
}

const TIMEOUT_MS = 5000;

/** Returns the exit code. Throws `CONTROL_UNREACHABLE` when no daemon answers. */
export async function keyStatus(options: KeyStatusOptions, terminal: Terminal): Promise<number> {
  const answer = await askReading(options.runDir, { command: "keys" }, { timeoutMs: TIMEOUT_MS });
  if (!answer.ok || answer.keys === undefined) {
    terminal.err.write(`systole keys status: ${harmless(answer.reason ?? "the daemon said nothing")}\n`);
    return EXIT_CODES.error;
  }
  const text =
    options.json === true
      ? `${JSON.stringify(answer.keys, undefined, 2)}\n`
      : formatKeys(answer.keys, terminal.out);
  terminal.out.write(text);
  return EXIT_CODES.ok;
}

const SENDS = { sealed: "green", signed: "yellow", nothing: "dim" } as const;

/** The whole table, with the end of its last line. */
export function formatKeys({ mode, own, peers, revoked }: KeyDocument, output: Output): string {
  const width = Math.max(8, ...peers.map(({ node }) => node.length)) + 2;
  const rows = peers.map((peer) => {
    const keys = peer.keys.join(", ") || "none: its NODE.pub is missing here";
    const sends = paint(output, SENDS[peer.sends], peer.sends.padEnd(8));
    return `  ${harmless(peer.node).padEnd(width)}${sends} ${(peer.mode ?? "-").padEnd(13)} ${keys}\n`;
  });
  const trusting = peers.flatMap(({ node, trusts }) =>
    trusts.map((other) => `  ! ${node} still trusts ${other}: \`systole keys revoke ${other}\` there\n`),
  );
  return [
    `${paint(output, "bold", harmless(own.node))} is in mode ${mode}, with the key ${own.keys[0] ?? "-"}\n`,
    ...(own.step === "steady" ? [] : [`  ${describeStep(own)}\n`]),
    "\n",
    `${paint(output, "bold", `  ${"NODE".padEnd(width)}${"SENDS".padEnd(8)} ${"MODE".padEnd(13)} KEYS`)}\n`,
    ...rows,
    ...trusting.map((line) => paint(output, "red", harmless(line.trimEnd())) + "\n"),
    ...revoked.map(({ node, key }) => `  revoked: ${key} of ${harmless(node)}\n`),
  ].join("");
}

/** One step of a new key's way, as a sentence. */
export function describeStep({ step, keys, waitsFor }: KeyDocument["own"]): string {
  const [sealing = "-", other = "-"] = keys;
  switch (step) {
    case "steady":
      return `done: ${sealing} is the only key`;
    case "add":
      return waitsFor.length === 0
        ? `add: every node knows ${other}`
        : `add: ${other} is told to the others; waits for ${harmless(waitsFor.join(", "))}`;
    case "activate":
      return `activate: ${sealing} seals; ${other} still opens what is on its way`;
  }
}
