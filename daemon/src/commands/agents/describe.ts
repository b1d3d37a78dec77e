// `systole agents describe`: what an agent says of itself.
import { timeLimit } from "@systole/sdk";
import type { AgentDescription, AgentParameter } from "@systole/core/ports";
import { nativeAgent, type AgentName } from "../../config/resolve-resource.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { harmless, paint, type Output, type Terminal } from "../terminal.js";
import { openAgentRoom, resourceOf, type AgentRoomOptions } from "./agent-room.js";
import { wrappedText } from "../wrapped.js";

export interface DescribeOptions extends AgentRoomOptions {
  readonly json?: boolean;
}

const DESCRIBE_TIMEOUT_MS = 30_000;

/** Resolves to the exit code; 1 when there is no such agent or it does not describe itself. */
export async function describeAgent(
  name: string,
  options: DescribeOptions,
  terminal: Terminal,
): Promise<number> {
  const { agent, args } = named(name, options);
  const room = await openAgentRoom(options);
  try {
    const lookup = await room.catalogues.get(agent)?.describe(args, timeLimit(DESCRIBE_TIMEOUT_MS));
    if (lookup?.ok !== true) {
      terminal.err.write(`systole: ${harmless(lookup?.reason ?? `${agent} does not describe itself`)}\n`);
      return EXIT_CODES.error;
    }
    const { description } = lookup;
    const document = { name, ...description };
    const { out } = terminal;
    out.write(
      options.json === true ? `${JSON.stringify(document, undefined, 2)}\n` : page(name, description, out),
    );
    return EXIT_CODES.ok;
  } finally {
    await room.close();
  }
}

/** A native agent is named without what it looks after. */
function named(name: string, options: DescribeOptions): { agent: AgentName; args: readonly string[] } {
  const native = nativeAgent(name);
  if (native !== undefined) return { agent: native, args: [] };
  const { resolution, resource } = resourceOf([name], options);
  return { agent: resolution.agent, args: resource.args };
}

function page(name: string, description: AgentDescription, out: Output): string {
  const { title, version, text, parameters, actions, refusal } = description;
  const edition = version === undefined ? "" : `  ${paint(out, "dim", `version ${harmless(version)}`)}`;
  const head = `${paint(out, "bold", harmless(name))}${edition}\n${wrappedText(title, "  ")}`;
  const warning = refusal === undefined ? "" : `\n${paint(out, "red", wrappedText(refusal, "  "))}`;
  const more = text === "" ? "" : `\n${wrappedText(text, "  ")}`;
  const table = parameters.length === 0 ? "  none\n" : parameters.map((one) => entry(one, out)).join("");
  const listed = actions.map(({ name: action, timeoutMs }) =>
    timeoutMs === undefined ? action : `${action} (${timeoutMs / 1000} s)`,
  );
  return `${head}${warning}${more}\n${paint(out, "bold", "Parameters")}\n${table}\n${paint(out, "bold", "Actions")}, with the time it advises\n${wrappedText(listed.join(", "), "  ")}`;
}

function entry(
  { name, type, required, default: fallback, title, text }: AgentParameter,
  out: Output,
): string {
  const facts = [
    type,
    ...(required ? ["required"] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ];
  const head = `  ${paint(out, "cyan", harmless(name))}  ${paint(out, "dim", harmless(facts.join(", ")))}\n`;
  // Agents often say the same in both.
  const words = text.length > title.length ? text : title;
  return head + (words === "" ? "" : wrappedText(words, "      "));
}
