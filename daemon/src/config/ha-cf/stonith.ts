// heartbeat's fence devices, `stonith` and `stonith_host`: which of the lines a node uses, and what the plugin
// fence-stonith is told of it. heartbeat has one device a node: the last line that applies to it.
import type { PluginUse } from "@systole/core";
import { isUnguided, UNGUIDED } from "../fencing-guide.js";
import type { Position, Problems } from "../problem.js";
import type { DirectiveReader } from "./directive-line.js";
import type { HaCf, StonithLine } from "./ha-cf.js";

/** The device's name, as `fence` in systole.yaml and `systole fence list` know it. */
export const STONITH_DEVICE = "stonith";
export const STONITH_PLUGIN = "fence-stonith";

const MAX_LINES = 64;
const TYPE = /^(?:external\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** `stonith TYPE FILE`: the file holds the parameters on one line. */
export const readStonith: DirectiveReader = ({ directive, parameters }, draft, problems) => {
  const [type, file, ...others] = parameters;
  if (type === undefined || file === undefined || others.length > 0) {
    const message = "write a type and a file with its parameters: `stonith TYPE /etc/ha.d/FILE`";
    return problems.error(others[0] ?? directive, "stonith.incomplete", message);
  }
  if (!file.text.startsWith("/"))
    return problems.error(file, "path.relative", `"${file.text}" is not a full path; begin it with /`);
  add(draft.stonith, { from: "*", type: type.text, configFile: file.text, at: directive }, type, problems);
};

/** `stonith_host HOST TYPE PARAMETERS`: HOST is the node that may use the device, or `*`. */
export const readStonithHost: DirectiveReader = ({ directive, parameters, rest }, draft, problems) => {
  const [from, type] = parameters;
  if (from === undefined || type === undefined) {
    const message = "write who may use it, a type and its parameters: `stonith_host * TYPE PARAMETERS`";
    return problems.error(directive, "stonith.incomplete", message);
  }
  const afterHost = rest.slice(rest.indexOf(from.text) + from.text.length);
  const written = afterHost.slice(afterHost.indexOf(type.text) + type.text.length).trim();
  add(
    draft.stonith,
    { from: from.text.toLowerCase(), type: type.text, parameters: written, at: directive },
    type,
    problems,
  );
};

function add(lines: StonithLine[], line: StonithLine, type: Position, problems: Problems): void {
  if (!TYPE.test(line.type)) {
    const message = `"${line.type}" cannot be a type; \`stonith -L\` lists them, such as external/ipmi`;
    problems.error(type, "stonith.invalid-type", message);
  } else if (lines.length >= MAX_LINES) {
    problems.error(line.at, "stonith.too-many", `more than ${MAX_LINES} lines; delete some`);
  } else {
    lines.push(line);
  }
}

/** The lines that this node may use, in the order of the file; the last one counts. */
function linesFor(self: string, { stonith }: Pick<HaCf, "stonith">): readonly StonithLine[] {
  return stonith.filter(({ from }) => from === "*" || from === self);
}

/** Undefined when no line applies to this node. */
export function stonithPlugin(self: string, haCf: Pick<HaCf, "stonith">): PluginUse | undefined {
  const line = linesFor(self, haCf).at(-1);
  if (line === undefined) return undefined;
  const { type, parameters, configFile } = line;
  // Who may use it is decided here, where this node's name is known as the cluster knows it.
  const device = { type, from: "*", ...(configFile === undefined ? { parameters } : { configFile }) };
  return { use: STONITH_PLUGIN, with: { devices: { [STONITH_DEVICE]: device } } };
}

/**
 * Says which lines are not used, that nobody fences from here when none is, and that its user cannot know when it is itself
 * the one to be fenced. `quorum`: of systole.yaml.
 */
export function checkStonith(
  self: string,
  haCf: Pick<HaCf, "stonith" | "nodes" | "pings">,
  quorum: readonly string[] | undefined,
  problems: Problems,
): void {
  const lines = linesFor(self, haCf);
  const used = lines.at(-1);
  for (const { at } of lines.slice(0, -1)) {
    const message = `line ${used?.at.line} replaces this device, as in heartbeat; for several devices configure the plugin fence-stonith and \`fence\` in systole.yaml`;
    problems.warning(at, "stonith.replaced", message);
  }
  if (used !== undefined && isUnguided(haCf.nodes.length, haCf.pings.length, quorum))
    problems.warning(used.at, "fencing.no-quorum", UNGUIDED);
  const [first] = haCf.stonith;
  if (used !== undefined || first === undefined) return;
  const message = `no stonith line applies to ${self}, so it can fence nobody; write one for ${self}, or one for *`;
  problems.warning(first.at, "stonith.not-here", message);
}
