// What a node tells, in words for people: each the end of a sentence that begins with the node's name. What has no words here is told as
// a log would: its name and its fields.
import type { EngineEvent } from "../ports/index.js";
import { HEARTBEAT_SENTENCES } from "./heartbeat-words.js";
import { secondsText } from "./span-words.js";

type Fields = Readonly<Record<string, unknown>>;

/** Fields come from the engine: words and numbers, and here and there a list of words. */
function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(" and ");
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "nobody";
}

const isLater = (ms: unknown): boolean => typeof ms === "number" && ms > 0;
const took = (ms: unknown): string => (typeof ms === "number" ? ` (${secondsText(ms)})` : "");
const inTime = (ms: unknown): string => (isLater(ms) ? `, in ${secondsText(Number(ms))}` : "");

const SENTENCES: Readonly<Record<string, (fields: Fields, self: string) => string>> = {
  ...HEARTBEAT_SENTENCES,
  "group.claimed": ({ group, owner, why }, self) =>
    owner === self
      ? `claims ${text(group)}: ${text(why)}`
      : `gives ${text(group)} to ${text(owner)}: ${text(why)}`,
  "group.yielded": ({ group, to }) => `lets go of ${text(group)}: the claim of ${text(to)} is the later one`,
  "group.moved-after-failures": ({ group, to }) => `cannot keep ${text(group)}, and leaves it to ${text(to)}`,
  "group.start-failed": ({ group, reason }) => `cannot run ${text(group)}: ${text(reason)}`,
  "group.elsewhere": ({ group, why }) => `does not start ${text(group)}: ${text(why)}`,
  "group.elsewhere-gone": ({ group }) => `finds that no other host has ${text(group)} any more`,
  "group.cleaned-up": ({ group, resource }) => `forgets the failures of ${text(resource ?? group)}`,
  "resource.failed": ({ resource, reason, failures }) =>
    `finds that ${text(resource)} does not work: ${text(reason)}${times(failures)}`,
  "resource.recovered": ({ resource, afterMs }) =>
    `has ${text(resource)} working again${isLater(afterMs) ? `, after ${secondsText(Number(afterMs))}` : ""}`,
  "resource.held-down": ({ resource, restartInMs }) =>
    `waits ${secondsText(Number(restartInMs))} before it starts ${text(resource)}`,
  "resource.start-failed": ({ resource, reason }) => `cannot start ${text(resource)}: ${text(reason)}`,
  "resource.stop-failed": ({ resource, reason, retryInMs }) =>
    `cannot stop ${text(resource)}: ${text(reason)}; it tries again${inTime(retryInMs)}`,
  "resource.failures-forgotten": ({ resource }) =>
    `forgets the failures of ${text(resource)}: they are long ago`,
  "fence.needed": ({ node, why, delayMs }) =>
    `must be sure that ${text(node)} is off: ${text(why)}${isLater(delayMs) ? `; it waits ${secondsText(Number(delayMs))} first` : ""}`,
  "fence.done": ({ node, how }) => `knows that ${text(node)} is off: ${text(how)}`,
  "fence.failed": ({ node, reason, retryInMs }) =>
    `could not switch ${text(node)} off: ${text(reason)}${isLater(retryInMs) ? "; it tries again" : ""}${inTime(retryInMs)}`,
  "fence.given-up": ({ node }) => `gives up on switching ${text(node)} off: a person is needed`,
  "fence.abandoned": ({ node, why }) => `need not switch ${text(node)} off any more: ${text(why)}`,
  "fence.node-back": ({ node }) => `hears ${text(node)} again, which was switched off and has started anew`,
  "fence.lied": ({ node }) => `finds that ${text(node)} was never switched off, although its switch said so`,
  "fence.not-configured": ({ node }) =>
    `cannot be sure that ${text(node)} is off: no fence device is configured`,
  "isolation.judged": ({ serves, take, why }) => {
    if (serves !== true) return `may not serve: ${text(why)}`;
    return `${take === "yes" ? "may serve" : "keeps what it has, and takes nothing"}: ${text(why)}`;
  },
  "partition.healed": ({ node, silentMs }) =>
    `hears ${text(node)} again${isLater(silentMs) ? `, after ${secondsText(Number(silentMs))}` : ""}, and in the same life: it was never dead`,
  "node.name-taken": () => "hears another node that has its name",
  "node.uuid-copied": ({ node, uuidOf }) => `finds that ${text(node)} has the identity of ${text(uuidOf)}`,
  "protocol.chosen": ({ protocol, why }) => `speaks ${text(protocol)}: ${text(why)}`,
  "resource.started": ({ resource, tookMs }) => `has started ${text(resource)}${took(tookMs)}`,
  "resource.stopped": ({ resource, tookMs }) => `has stopped ${text(resource)}${took(tookMs)}`,
  "link.changed": ({ node, link, to }) =>
    to === "dead"
      ? `does not hear ${text(node)} on ${text(link)} any more`
      : `hears ${text(node)} on ${text(link)}`,
  "node.changed": nodeChanged,
};

function times(failures: unknown): string {
  return typeof failures === "number" && failures > 1 ? ` (${failures} times by now)` : "";
}

function nodeChanged({ node, to, reason }: Fields, self: string): string {
  if (node === self) return `is ${text(to)}`;
  const name = text(node);
  if (to === "ping") return `reaches ${name}`;
  if (to === "active")
    return `hears ${name}, which is ready${reason === "partition-healed" ? " as before" : ""}`;
  if (to === "up") return `hears ${name}, which is starting`;
  if (reason === "stopped") return `hears that ${name} has stopped`;
  if (reason === "restarted") return `hears that ${name} has begun a new life`;
  return `calls ${name} dead: ${reason === "silent" ? "it has been silent for too long" : text(reason)}`;
}

/** Told once for all of them, by how many they were. */
const COUNTED: Readonly<Record<string, (count: string) => string>> = {
  "node.late": (often) => `hears others late, ${often}`,
  "messages.lost": (often) => `has lost messages for good, ${often}`,
  "message.irretrievable": (often) => `is asked for messages that are too old, ${often}`,
  "message.duplicate": (often) => `ignores messages that it has heard before, ${often}`,
  "message.stale": (often) => `ignores messages of a life that is over, ${often}`,
  "message.replayed": (often) => `ignores messages of a life before the one that it knows, ${often}`,
  "message.foreign": (often) => `ignores messages of who is no node, ${often}`,
  "message.incomplete": (often) => `ignores messages that are incomplete, ${often}`,
  "self.late": (often) => `is late itself, ${often}`,
};
/** Every start makes one or two of these. */
const COMMON = new Set(["message.duplicate", "message.stale"]);
const FEW = 4;

/** Undefined: such events are not told one by one. */
export function wordsFor({ name, level, fields }: EngineEvent, self: string): string | undefined {
  if (isCounted(name)) return undefined;
  const sentence = SENTENCES[name];
  if (sentence !== undefined) return sentence(fields, self);
  if (level === "debug") return undefined;
  const told = Object.entries(fields).map(([key, value]) => `${key}=${text(value)}`);
  return `tells ${[name, ...told].join(" ")}`;
}

export function isCounted(name: string): boolean {
  return COUNTED[name] !== undefined;
}

/** `name`: an event's that is counted, or why frames were refused. Undefined: too few to be told. */
export function wordsForCounted(name: string, count: number): string | undefined {
  const often = count === 1 ? "once" : `${count} times`;
  if (COMMON.has(name) && count < FEW) return undefined;
  return COUNTED[name]?.(often) ?? `refuses frames, ${often}: ${REFUSALS[name] ?? name}`;
}

const REFUSALS: Readonly<Record<string, string>> = {
  mismatch: "they are not signed with the key of the cluster",
};
