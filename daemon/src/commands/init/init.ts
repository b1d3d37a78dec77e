// `systole init`: a first configuration from a few answers, its key, and the checks that `systole check` makes.
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { thisMachine, type Machine } from "../../config/machine.js";
import type { PresetName } from "../../config/systole-yaml/whole/presets.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { check } from "../check.js";
import type { Terminal } from "../terminal.js";
import {
  fileOf,
  judgeAddress,
  judgeCluster,
  judgeInterface,
  judgeNode,
  judgePing,
  judgePreset,
  judgeTogether,
  KEY_FILE,
  nodeOf,
  type Answers,
  type Judge,
  type NodeAnswer,
} from "./answers.js";
import { askAll, askOnTerminal, type Ask, type Asked } from "./ask.js";

export interface InitOptions {
  readonly haDir: string;
  readonly cluster?: string;
  /** `NAME=ADDRESS`, this node first. */
  readonly node?: readonly string[];
  readonly interface?: string;
  readonly address?: string;
  readonly service?: readonly string[];
  readonly preset?: string;
  readonly ping?: string;
  /** Nothing is asked; what is not said is an error. */
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** What tests replace. */
export interface InitParts {
  readonly machine: Machine;
  readonly ask: Ask;
  /** Somebody sits there who can be asked. */
  readonly isTerminal: boolean;
  readonly gateway: string | undefined;
}

const KEY_BYTES = 32;

function processParts(): InitParts {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return { machine: thisMachine(), ask: askOnTerminal, isTerminal, gateway: defaultGateway() };
}

/** Resolves to the exit code: that of `systole check` on what was written. */
export async function init(
  options: InitOptions,
  terminal: Terminal,
  parts: InitParts = processParts(),
): Promise<number> {
  const refused = misspelled(options) ?? inTheWay(options);
  if (refused !== undefined) return refuse(refused, terminal);
  const asked = await askFor(options, parts);
  if (typeof asked === "string") return refuse(asked, terminal);
  const answers: Answers = {
    ...asked,
    preset: (options.preset ?? "lan") as PresetName,
    ping: options.ping ?? parts.gateway,
  };
  const problem = judgeTogether(answers);
  if (problem !== undefined) return refuse(problem, terminal);
  writeFiles(options, answers, terminal);
  const self = answers.nodes[0]?.name ?? "";
  const isHere = answers.nodes.some(({ name }) => name === parts.machine.hostname().toLowerCase());
  const code = await check({ haDir: options.haDir, ...(!isHere && { node: self }) }, terminal, parts.machine);
  if (code === EXIT_CODES.ok) terminal.out.write(nextSteps(options.haDir, answers));
  return code;
}

function refuse(message: string, { err }: Terminal): number {
  err.write(`systole: ${message}\n`);
  return EXIT_CODES.error;
}

/** What the command line says wrongly. */
function misspelled(options: InitOptions): string | undefined {
  const judged: readonly (readonly [string, string | undefined, Judge])[] = [
    ["--cluster", options.cluster, judgeCluster],
    ["--interface", options.interface, judgeInterface],
    ["--address", options.address, judgeAddress],
    ["--preset", options.preset, judgePreset],
    ["--ping", options.ping, judgePing],
    ...(options.node ?? []).map((text) => ["--node", text, judgeNode] as const),
  ];
  for (const [flag, value, judge] of judged) {
    const problem = value === undefined ? undefined : judge(value);
    if (problem !== undefined) return `${flag} ${value ?? ""}: ${problem}`;
  }
  return undefined;
}

function inTheWay({ haDir, force }: InitOptions): string | undefined {
  if (existsSync(join(haDir, "ha.cf")))
    return `${join(haDir, "ha.cf")} is there: \`systole convert\` makes systole.yaml of it`;
  if (force === true || !existsSync(join(haDir, "systole.yaml"))) return undefined;
  return `${join(haDir, "systole.yaml")} is there already; --force replaces it`;
}

/** The answers, or why there are none. */
async function askFor(
  options: InitOptions,
  { ask, isTerminal, machine }: InitParts,
): Promise<Asked | string> {
  const nodes = (options.node ?? []).map(nodeOf);
  const { cluster, interface: device, address, service: services } = options;
  if (options.yes !== true && isTerminal) {
    const said = { cluster, nodes, interface: device, address, services };
    return (await askAll(said, ownNode(machine), ask)) ?? "nothing was written";
  }
  const missing = [
    ...(nodes.length < 2 ? ["--node NAME=ADDRESS, twice"] : []),
    ...(device === undefined ? ["--interface"] : []),
    ...(address === undefined ? ["--address"] : []),
  ];
  if (device === undefined || address === undefined || missing.length > 0)
    return `nobody is asked here, so say ${missing.join(", ")}; \`systole init --help\` has an example`;
  return { cluster: cluster ?? "web", nodes, interface: device, address, services: services ?? [] };
}

function ownNode(machine: Machine): NodeAnswer | undefined {
  const [address] = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map((entry) => entry.address);
  return address === undefined ? undefined : { name: machine.hostname().toLowerCase(), address };
}

/** The key of an earlier start stays: the other nodes may have it. */
function writeFiles({ haDir }: InitOptions, answers: Answers, { out }: Terminal): void {
  mkdirSync(haDir, { recursive: true });
  const keyPath = join(haDir, KEY_FILE);
  if (existsSync(keyPath)) out.write(`kept  ${keyPath}\n`);
  else {
    writeNew(keyPath, `${randomBytes(KEY_BYTES).toString("hex")}\n`, 0o600);
    out.write(`wrote ${keyPath}, which root alone may read\n`);
  }
  const path = join(haDir, "systole.yaml");
  rmSync(path, { force: true });
  writeNew(path, fileOf(answers), 0o644);
  out.write(`wrote ${path}\n\n`);
}

/** Its mode is right from the first moment. */
function writeNew(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, "wx", mode);
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

function nextSteps(haDir: string, { nodes }: Answers): string {
  const [, ...others] = nodes.map(({ name }) => name);
  return `
Next: copy both files to ${others.join(" and ")}, the key by a safe way, and start the daemon on each:
  scp -p ${join(haDir, "systole.yaml")} ${join(haDir, KEY_FILE)} root@${others[0] ?? "NODE"}:${haDir}/
  systole run
`;
}

const ROUTES = "/proc/net/route";

/** IPv4's default route of this machine. */
function defaultGateway(): string | undefined {
  try {
    const rows = readFileSync(ROUTES, "utf8")
      .split("\n")
      .map((row) => row.split(/\s+/));
    const gateway = rows.find(([, destination]) => destination === "00000000")?.[2];
    const bytes = gateway
      ?.match(/../g)
      ?.map((byte) => Number.parseInt(byte, 16))
      .toReversed();
    return bytes === undefined || bytes.every((byte) => byte === 0) ? undefined : bytes.join(".");
  } catch {
    return undefined;
  }
}
