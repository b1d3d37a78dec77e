// Entries in words: the engine's events as everywhere, and what only a journal has.
import { secondsText, wordsFor } from "@systole/core/words";
import { eventOf, type JournalEntry } from "../journal/entry.js";

type Fields = JournalEntry["fields"];

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

const SENTENCES: Readonly<Record<string, (fields: Fields, self: string) => string>> = {
  "daemon.configured": () => "begins a new life",
  "daemon.starting": ({ version }) => `is starting, version ${text(version)}`,
  "daemon.signal": ({ signal }) => `is told to end or to read again: ${text(signal)}`,
  "daemon.stopped": ({ reason }) => `has ended: ${text(reason)}`,
  "operator.requested": ({ kind, ...rest }) => `is asked by an operator: ${request(kind, rest)}`,
  "operator.done": ({ kind, reason }) => `has done ${text(kind)}: ${text(reason)}`,
  "operator.refused": ({ kind, reason }) => `has not done ${text(kind)}: ${text(reason)}`,
  "group.seen": ({ group, owner, state, why }, self) => {
    if (owner === null) return `sees ${text(group)} with nobody: ${text(why)}`;
    if (owner === self) return `has ${text(group)}: ${text(why)}`;
    return `sees ${text(group)} ${text(state)} on ${text(owner)}`;
  },
  "group.restarted": ({ resource, group }) => `restarts ${text(resource ?? group)}`,
  "fence.device-done": ({ node, device, tookMs }) =>
    `has ${text(node)} switched off${device === undefined ? "" : ` by ${text(device)}`}${span(tookMs)}`,
  "journal.dropped": ({ entries }) => `could not keep ${text(entries)} entries`,
  "log.suppressed": ({ event, times }) => `leaves out ${text(times)} times ${text(event)}`,
};

function request(kind: unknown, rest: Fields): string {
  return [kind, ...Object.values(rest)].map(text).join(" ");
}

function span(ms: unknown): string {
  return typeof ms === "number" ? ` (${secondsText(ms)})` : "";
}

/** The end of a sentence that begins with the entry's node. */
export function entryWords(entry: JournalEntry): string {
  const { name, fields, node } = entry;
  const sentence = SENTENCES[name];
  if (sentence !== undefined) return sentence(fields, node);
  const words = wordsFor(eventOf(entry), node);
  const told =
    words ??
    `tells ${[name, ...Object.entries(fields).map(([key, value]) => `${key}=${text(value)}`)].join(" ")}`;
  return name === "node.changed" || name === "fence.done"
    ? `${told}${span(fields["silentMs"] ?? fields["tookMs"])}`
    : told;
}
