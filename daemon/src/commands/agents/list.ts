// `systole agents list`: what exists on this machine, in every class.
import { timeLimit } from "@systole/sdk";
import { EXIT_CODES } from "../../exit-codes.js";
import { paint, type Terminal } from "../terminal.js";
import { openAgentRoom, type AgentRoomOptions } from "./agent-room.js";
import { AGENT_CLASSES } from "./classes.js";
import { inColumns } from "./layout.js";

export interface ListOptions extends AgentRoomOptions {
  readonly json?: boolean;
}

const LIST_TIMEOUT_MS = 30_000;

/** Resolves to the exit code. `wanted` is a key of `AGENT_CLASSES`. */
export async function listAgents(
  wanted: string | undefined,
  options: ListOptions,
  terminal: Terminal,
): Promise<number> {
  const room = await openAgentRoom(options);
  try {
    const signal = timeLimit(LIST_TIMEOUT_MS);
    const lists = await Promise.all([...room.catalogues.values()].map((catalogue) => catalogue.list(signal)));
    const names = lists.flat().filter((name) => wanted === undefined || classOf(name) === wanted);
    terminal.out.write(options.json === true ? json(names) : table(names, wanted, terminal));
    return EXIT_CODES.ok;
  } finally {
    await room.close();
  }
}

function classOf(name: string): string {
  return name.slice(0, name.indexOf(":"));
}

function json(names: readonly string[]): string {
  const agents = names.map((name) => ({ class: classOf(name), name }));
  return `${JSON.stringify({ agents }, undefined, 2)}\n`;
}

function table(names: readonly string[], wanted: string | undefined, { out }: Terminal): string {
  const classes = [...AGENT_CLASSES].filter(([kind]) => wanted === undefined || kind === wanted);
  const sections = classes.flatMap(([kind, meaning]) => {
    const members = names.filter((name) => classOf(name) === kind);
    const prefixes = members.length === 0 ? [kind] : [...new Set(members.map(prefixOf))];
    return prefixes.map((prefix) => {
      const below = members.filter((name) => prefixOf(name) === prefix);
      const head = `${paint(out, "bold", prefix)}  ${paint(out, "dim", `${below.length} · ${meaning}`)}\n`;
      const shown = below.map((name) => name.slice(prefix.length + 1));
      return head + (below.length === 0 ? "  none\n" : inColumns(shown, "  "));
    });
  });
  return sections.join("\n");
}

/** What stands above its members: the class, and of agents of OCF the provider too. */
function prefixOf(name: string): string {
  const kind = classOf(name);
  return kind === "ocf" ? name.split(":").slice(0, 2).join(":") : kind;
}
