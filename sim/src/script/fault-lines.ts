// What befalls a cluster as a line of a transcript, and back: nothing is lost on the way, so that a transcript can be played again.
import type { ResourceAction } from "@systole/core/ports";
import type { AgentTrouble } from "../deeds.js";
import type { Fault } from "../lives/fault.js";
import { FAIR, type Weather } from "../network.js";
import type { SwitchBehaviour } from "../power.js";
import { isRare, isRareKind } from "../lives/rare-fault.js";
import { parseRareFault, RARE_SHAPES, rareFaultLine } from "./rare-fault-lines.js";
import { parseSpan, spanText } from "./span.js";

const BROKEN = "it is broken";
/** What each kind is followed by. */
const SHAPES = {
  cut: "NODE NODE [MEDIUM]",
  "half-cut": "NODE NODE: what the first one says does not reach the second",
  isolate: "NODE",
  mend: "",
  weather: "fair | loss 30%, duplicates 10%, corruption 5%, replays 20%, late 10% by 200ms",
  kill: "NODE",
  "power-off": "NODE",
  start: "NODE",
  freeze: "NODE",
  hang: "NODE",
  thaw: "NODE",
  "lose-disk": "NODE",
  "tear-disk": "NODE",
  reload: "NODE",
  forge: "NODE",
  slow: "NODE 50ms",
  drift: "NODE 1.01",
  "set-clock": "NODE 1h",
  crash: "NODE RESOURCE",
  agent: "NODE RESOURCE start|stop|status fails [because WORDS] | hangs | lies | limps",
  "agents-well": "",
  switch: "NODE works|fails|hangs|late|caught|lies",
  standby: "NODE [all|local|foreign]",
  takeover: "NODE [all|local|foreign]",
  stop: "NODE",
  cleanup: "NODE",
  fence: "NODE NODE: on the first one, of the second",
  confirm: "NODE NODE: on the first one, of the second",
  witness: "go|return|forget",
  ...RARE_SHAPES,
} as const satisfies Readonly<Record<Fault["kind"], string>>;

export const FAULT_SHAPES: Readonly<Record<string, string>> = SHAPES;

export function faultLine(fault: Fault): string {
  if (isRare(fault)) return rareFaultLine(fault);
  switch (fault.kind) {
    case "mend":
    case "agents-well":
      return fault.kind;
    case "cut":
      return `cut ${[fault.left, fault.right, ...(fault.medium === undefined ? [] : [fault.medium])].join(" ")}`;
    case "half-cut":
      return `half-cut ${fault.from} ${fault.to}`;
    case "weather":
      return `weather ${weatherText(fault.weather)}`;
    case "slow":
      return `slow ${fault.node} ${spanText(fault.slowMs)}`;
    case "drift":
      return `drift ${fault.node} ${fault.rate}`;
    case "set-clock":
      return `set-clock ${fault.node} ${spanText(fault.byMs)}`;
    case "crash":
      return `crash ${fault.node} ${fault.resource}`;
    case "agent":
      return `agent ${fault.node} ${fault.resource} ${fault.action} ${troubleText(fault.trouble)}`;
    case "switch":
      return `switch ${fault.node} ${fault.behaviour}`;
    case "standby":
    case "takeover":
      return `${fault.kind} ${fault.node}${fault.set === "all" ? "" : ` ${fault.set}`}`;
    case "fence":
    case "confirm":
      return `${fault.kind} ${fault.by} ${fault.node}`;
    case "witness":
      return `witness ${fault.does}`;
    default:
      return `${fault.kind} ${fault.node}`;
  }
}

/** Throws, and says what to write, when the line is none. */
export function parseFault(line: string): Fault {
  const [kind = "", ...words] = line.split(" ");
  const [one = "", other = ""] = words;
  const word = <T extends string>(given: string | undefined, ...known: readonly T[]): T => {
    const found = known.find((candidate) => candidate === given);
    if (found === undefined) throw misunderstood(kind);
    return found;
  };
  const isLong = words.length >= leastWords(kind);
  const rare = isLong ? parseRareFault(kind, words) : undefined;
  if (rare !== undefined) return rare;
  if (!isKind(kind) || !isLong || isRareKind(kind)) throw misunderstood(kind);
  switch (kind) {
    case "mend":
    case "agents-well":
      return { kind };
    case "cut":
      return { kind, left: one, right: other, ...(words[2] !== undefined && { medium: words[2] }) };
    case "half-cut":
      return { kind, from: one, to: other };
    case "weather":
      return { kind, weather: parseWeather(words.join(" ")) };
    case "slow":
      return { kind, node: one, slowMs: parseSpan(other) };
    case "drift":
      return { kind, node: one, rate: Number(other) };
    case "set-clock":
      return { kind, node: one, byMs: parseSpan(other) };
    case "crash":
      return { kind, node: one, resource: other };
    case "agent":
      return parseAgent(words);
    case "switch":
      return { kind, node: one, behaviour: word<SwitchBehaviour>(other, ...SWITCHES) };
    case "standby":
    case "takeover":
      return { kind, node: one, set: word(words[1] ?? "all", "all", "local", "foreign") };
    case "fence":
    case "confirm":
      return { kind, by: one, node: other };
    case "witness":
      return { kind, does: word(one, "go", "return", "forget") };
    default:
      return { kind, node: one };
  }
}

const SWITCHES = ["works", "fails", "hangs", "late", "caught", "lies"] as const;
const ACTIONS: readonly string[] = [
  "start",
  "stop",
  "status",
  "announce",
  "warm",
  "elsewhere",
] satisfies ResourceAction[];

function isKind(kind: string): kind is Fault["kind"] {
  return Object.hasOwn(SHAPES, kind);
}

/** Of its shape: those that are no choice of the writer. */
function leastWords(kind: string): number {
  const [shape = ""] = (FAULT_SHAPES[kind] ?? "").replace(/ \[.*/, "").split(/:| \|/);
  return shape === "" ? 0 : Math.min(shape.split(" ").length, kind === "weather" ? 1 : 4);
}

function misunderstood(kind: string): Error {
  const shape = FAULT_SHAPES[kind];
  return shape === undefined
    ? new Error(`there is no command ${kind}; there are ${Object.keys(SHAPES).join(", ")}`)
    : new Error(`write: ${kind} ${shape}`);
}

function weatherText(weather: Weather): string {
  const { loss, duplicates, corruption, replays, lateShare, lateMs } = weather;
  const shares = Object.entries({ loss, duplicates, corruption, replays });
  const told = shares.flatMap(([name, share]) => (share === 0 ? [] : [`${name} ${shareText(share)}`]));
  if (lateShare > 0) told.push(`late ${shareText(lateShare)} by ${lateMs}ms`);
  return told.length === 0 ? "fair" : told.join(", ");
}

/** A percentage, or, where that would be less exact, the share itself. */
function shareText(share: number): string {
  const percent = Math.round(share * 100);
  return percent / 100 === share ? `${percent}%` : String(share);
}

function parseShare(text: string): number {
  return text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text);
}

function parseWeather(text: string): Weather {
  if (text === "fair") return FAIR;
  const shares = { ...FAIR };
  for (const part of text.split(", ")) {
    const [name = "", share = "", , by = "0ms"] = part.split(" ");
    if (name === "late") Object.assign(shares, { lateShare: parseShare(share), lateMs: parseSpan(by) });
    else if (Object.hasOwn(FAIR, name)) Object.assign(shares, { [name]: parseShare(share) });
    else throw misunderstood("weather");
  }
  return shares;
}

function troubleText(trouble: AgentTrouble): string {
  if ("kind" in trouble && (trouble.kind === "hangs" || trouble.kind === "lies")) return trouble.kind;
  if (!("ok" in trouble)) return "works";
  if (trouble.ok) return trouble.state === "failed" ? "limps" : "works";
  return trouble.reason === BROKEN ? "fails" : `fails because ${trouble.reason}`;
}

function parseAgent([node = "", resource = "", action = "", does = "", ...rest]: readonly string[]): Fault {
  const isAction = (text: string): text is ResourceAction => ACTIONS.includes(text);
  if (!isAction(action)) throw misunderstood("agent");
  const reason = rest[0] === "because" ? rest.slice(1).join(" ") : BROKEN;
  const troubles: Readonly<Record<string, AgentTrouble>> = {
    fails: { ok: false, kind: "error", reason },
    hangs: { kind: "hangs" },
    lies: { kind: "lies" },
    limps: { ok: true, state: "failed" },
  };
  const trouble = troubles[does];
  if (trouble === undefined) throw misunderstood("agent");
  return { kind: "agent", node, resource, action, trouble };
}
