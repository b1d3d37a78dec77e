// What leads to what: a table of which entry of a journal may be the cause of which other, and a pure search by it.
import { wallMsOf, type JournalEntry } from "../journal/entry.js";

/** Entries behind each other are looked at so far back. */
const REACH = 1000;
/** What happened longer ago is no cause: a start may take minutes, and an operator's request as well. */
const WITHIN_MS = 15 * 60_000;

/** `entry` has come of `cause`, if that is one of its names. Both are of one node. */
type Rule = (entry: JournalEntry, cause: JournalEntry) => boolean;
type Rules = Readonly<Record<string, Rule>>;

const field = (entry: JournalEntry, name: string): unknown => entry.fields[name];
const textIn = (entry: JournalEntry, name: string): string => {
  const value = field(entry, name);
  return typeof value === "string" ? value : "";
};
const same =
  (name: string): Rule =>
  (entry, cause) =>
    field(entry, name) !== undefined && field(entry, name) === field(cause, name);
const sameNode = same("node");
const sameGroup = same("group");
const sameResource = same("resource");
const always: Rule = () => true;

const asked =
  (...kinds: readonly string[]): Rule =>
  (_entry, cause) =>
    kinds.includes(textIn(cause, "kind"));
const both =
  (...rules: readonly Rule[]): Rule =>
  (entry, cause) =>
    rules.every((rule) => rule(entry, cause));
/** The sentence that gives the reason has a word of the cause in it. */
const whyNames =
  (name: string): Rule =>
  (entry, cause) =>
    textIn(cause, name) !== "" &&
    textIn(entry, "why")
      .split(/[ ,;:]/)
      .includes(textIn(cause, name));
const whySays =
  (words: string): Rule =>
  (entry) =>
    textIn(entry, "why").includes(words);
/** Reactions of the engine follow at once, and what it has waited for for long is no cause. */
const SOON_MS = 5000;
const soon =
  (rule: Rule): Rule =>
  (entry, cause) =>
    wallMsOf(entry) - wallMsOf(cause) <= SOON_MS && rule(entry, cause);
const ownedHere: Rule = (entry, cause) => field(cause, "owner") === entry.node;
const ownedElsewhere: Rule = (entry, cause) => field(cause, "owner") !== entry.node;
const isDead: Rule = (entry) => field(entry, "to") === "dead";
const mayNotServe: Rule = (_entry, cause) => field(cause, "serves") === false;
const mayServe: Rule = (_entry, cause) => field(cause, "serves") === true;

const OF_A_CASE: Rules = {
  "fence.needed": sameNode,
  "fence.failed": sameNode,
  "operator.requested": both(asked("fence", "fence-confirm"), sameNode),
};
const BEFORE_A_START: Rules = {
  "group.claimed": both(sameGroup, ownedHere),
  "group.seen": both(sameGroup, ownedHere),
  "group.cleaned-up": sameGroup,
  "group.restarted": sameGroup,
  "group.elsewhere-gone": sameGroup,
  "resource.failed": sameGroup,
  "resource.held-down": sameGroup,
  "isolation.judged": mayServe,
};

const RULES: Readonly<Record<string, Rules>> = {
  "node.changed": {
    "link.changed": both(isDead, sameNode),
    "link.hinted": both(isDead, sameNode),
    "self.cut-off": isDead,
    "self.reconnected": (entry) => !isDead(entry, entry),
  },
  "link.changed": { "self.cut-off": isDead, "medium.failed": isDead },
  "isolation.judged": {
    "node.changed": soon(always),
    "link.changed": soon(always),
    "self.cut-off": soon(always),
    "self.reconnected": soon(always),
  },
  "fence.needed": {
    "node.changed": sameNode,
    "operator.requested": both(asked("fence"), sameNode),
  },
  "fence.asked": { "resource.failed": always, "resource.stop-failed": always },
  "fence.device-done": OF_A_CASE,
  "fence.device-failed": OF_A_CASE,
  "fence.not-verified": OF_A_CASE,
  "fence.failed": { ...OF_A_CASE, "fence.device-failed": sameNode },
  "fence.given-up": OF_A_CASE,
  "fence.abandoned": { ...OF_A_CASE, "node.changed": sameNode },
  "fence.done": { ...OF_A_CASE, "fence.device-done": sameNode, "fence.not-verified": sameNode },
  "fence.lied": { "fence.done": sameNode },
  "fence.node-back": { "fence.done": sameNode },
  "group.claimed": {
    "operator.requested": both(whySays("an operator"), asked("standby", "takeover", "move", "cleanup")),
    "group.cleaned-up": both(whySays("cleaned up"), sameGroup),
    "daemon.signal": whySays("is leaving"),
    "node.changed": whyNames("node"),
    "fence.done": whyNames("node"),
    "partition.healed": whySays("partition healed"),
    "resource.start-failed": both(whySays("failed"), sameGroup),
    "resource.failed": both(whySays("failed"), sameGroup),
    "resource.held-down": both(whySays("failed"), sameGroup),
    "group.start-failed": both(whySays("failed"), sameGroup),
    "isolation.judged": mayServe,
    "group.elsewhere-gone": sameGroup,
  },
  "group.yielded": { "partition.healed": always, "node.changed": always },
  "group.moved-after-failures": { "group.claimed": sameGroup },
  "group.start-failed": { "resource.start-failed": sameGroup },
  "group.cleaned-up": { "operator.requested": asked("cleanup") },
  "group.restarted": { "operator.requested": asked("restart") },
  "group.seen": {
    "group.claimed": both(sameGroup, same("owner")),
    "group.seen": both(sameGroup, same("owner")),
    "resource.failed": sameGroup,
    "resource.start-failed": sameGroup,
    "resource.recovered": sameGroup,
    "resource.started": sameGroup,
    "resource.stopped": sameGroup,
    "node.changed": soon((entry, cause) =>
      isDead(cause, cause) ? whyNames("node")(entry, cause) : field(entry, "owner") === field(cause, "node"),
    ),
  },
  "resource.started": { ...BEFORE_A_START, "resource.stopped": both(sameGroup, sameResource) },
  "resource.start-failed": BEFORE_A_START,
  "resource.held-down": { "resource.failed": sameResource, "resource.start-failed": sameResource },
  "resource.recovered": {
    "resource.failed": sameGroup,
    "resource.start-failed": sameGroup,
    "resource.started": sameGroup,
  },
  "resource.stopped": {
    "group.claimed": both(sameGroup, ownedElsewhere),
    "group.seen": both(sameGroup, ownedElsewhere),
    "group.yielded": sameGroup,
    "group.restarted": sameGroup,
    "resource.failed": sameGroup,
    "resource.start-failed": sameGroup,
    "isolation.judged": mayNotServe,
    "operator.requested": asked("stop"),
    "daemon.signal": always,
  },
  "resource.stop-failed": {
    "group.claimed": sameGroup,
    "resource.failed": sameGroup,
    "isolation.judged": mayNotServe,
  },
  "operator.done": { "operator.requested": same("kind") },
  "operator.refused": { "operator.requested": same("kind") },
  "daemon.stopped": { "operator.requested": asked("stop"), "daemon.signal": always },
};

/** A claim is carried out by the node that it gives the group to: there, its journal says so, it has begun. */
function isOfOneNode(entry: JournalEntry, cause: JournalEntry): boolean {
  return (
    entry.node === cause.node || (cause.name === "group.claimed" && cause.fields["owner"] === entry.node)
  );
}

/** For each entry the index of its cause, the nearest that the table allows; undefined: it began by itself. */
export function causesOf(entries: readonly JournalEntry[]): readonly (number | undefined)[] {
  return entries.map((entry, at) => {
    const rules = RULES[entry.name];
    if (rules === undefined) return undefined;
    const wallMs = wallMsOf(entry);
    for (let before = at - 1; before >= Math.max(0, at - REACH); before -= 1) {
      const cause = entries[before];
      const rule = cause === undefined ? undefined : rules[cause.name];
      if (cause === undefined || rule === undefined || !isOfOneNode(entry, cause)) continue;
      if (wallMs - wallMsOf(cause) > WITHIN_MS) return undefined;
      if (rule(entry, cause)) return before;
    }
    return undefined;
  });
}

/** The entry at which each one's chain of causes began. */
export function rootsOf(causes: readonly (number | undefined)[]): readonly number[] {
  const roots: number[] = [];
  // A cause comes before what came of it.
  causes.forEach((cause, at) => roots.push(cause === undefined ? at : (roots[cause] ?? at)));
  return roots;
}
