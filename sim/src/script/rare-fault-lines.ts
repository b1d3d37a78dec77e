// The same as fault-lines.ts for what befalls in some lives only.
import { NEIGHBOURS } from "../lives/neighbour.js";
import type { RareFault } from "../lives/rare-fault.js";
import { parseSpan, spanText } from "./span.js";

export const RARE_SHAPES = {
  resume: "NODE",
  observe: "NODE [suspended 2s] [stolen 500ms] [pressure 0.7]",
  say: "NODE 500 [NODE]: so many bytes",
  hint: "NODE NODE MEDIUM: on the first one, of the second",
  add: "NODE NAME",
  weigh: "NODE NODE 50: on the first one, of the second",
  place: "NODE NODE SITE: on the first one, of the second",
  clean: "NODE NAME: of a group, or of a resource",
  restart: "NODE NAME: of a group, or of a resource",
  move: "NODE GROUP [NODE]: asked of the first one, to the second",
  squat: "RESOURCE: a host that is no node answers for it",
  go: "RESOURCE: that host is gone",
  neighbour: "NODE stranger|namesake|other-key: heard by the node",
} as const satisfies Readonly<Record<RareFault["kind"], string>>;

export function rareFaultLine(fault: RareFault): string {
  switch (fault.kind) {
    case "resume":
      return `resume ${fault.node}`;
    case "observe": {
      const { node, suspendedMs, stolenMs, cpuPressure } = fault;
      const seen = [
        ...(suspendedMs === undefined ? [] : [`suspended ${spanText(suspendedMs)}`]),
        ...(stolenMs === undefined ? [] : [`stolen ${spanText(stolenMs)}`]),
        ...(cpuPressure === undefined ? [] : [`pressure ${cpuPressure}`]),
      ];
      return ["observe", node, ...seen].join(" ");
    }
    case "say":
      return `say ${fault.node} ${fault.bytes}${fault.to === undefined ? "" : ` ${fault.to}`}`;
    case "hint":
      return `hint ${fault.node} ${fault.of} ${fault.medium}`;
    case "add":
      return `add ${fault.node} ${fault.name}`;
    case "weigh":
      return `weigh ${fault.node} ${fault.of} ${fault.weight}`;
    case "place":
      return `place ${fault.node} ${fault.of} ${fault.site}`;
    case "clean":
    case "restart":
      return `${fault.kind} ${fault.node} ${fault.name}`;
    case "move":
      return `move ${fault.node} ${fault.group}${fault.to === undefined ? "" : ` ${fault.to}`}`;
    case "squat":
    case "go":
      return `${fault.kind} ${fault.resource}`;
    case "neighbour":
      return `neighbour ${fault.node} ${fault.who}`;
  }
}

/** Undefined: it is none of these, or not as its shape says. */
export function parseRareFault(kind: string, words: readonly string[]): RareFault | undefined {
  const [node = "", one = "", other = ""] = words;
  switch (kind) {
    case "resume":
      return { kind, node };
    case "observe":
      return parseObserved(node, words.slice(1));
    case "say":
      return { kind, node, bytes: Number(one), ...(words[2] !== undefined && { to: words[2] }) };
    case "hint":
      return { kind, node, of: one, medium: other };
    case "move":
      return { kind, node, group: one, ...(words[2] !== undefined && { to: words[2] }) };
    case "add":
    case "clean":
    case "restart":
      return { kind, node, name: one };
    case "squat":
    case "go":
      return { kind, resource: node };
    case "weigh":
      return { kind, node, of: one, weight: Number(other) };
    case "place":
      return { kind, node, of: one, site: other };
    case "neighbour": {
      const who = NEIGHBOURS.find((known) => known === one);
      return who === undefined ? undefined : { kind, node, who };
    }
    default:
      return undefined;
  }
}

function parseObserved(node: string, words: readonly string[]): RareFault {
  const said = (name: string): string | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : words[at + 1];
  };
  const [suspended, stolen, pressure] = [said("suspended"), said("stolen"), said("pressure")];
  return {
    kind: "observe",
    node,
    ...(suspended !== undefined && { suspendedMs: parseSpan(suspended) }),
    ...(stolen !== undefined && { stolenMs: parseSpan(stolen) }),
    ...(pressure !== undefined && { cpuPressure: Number(pressure) }),
  };
}
