// What every notifier must do, as data: somebody was told when it says so, and in the order in which things happened.
import { type ClusterEvent, type Notifier, timeLimit } from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectEqual, expectSettled, expectThat } from "./expectations.js";

/** As much of an event as reaches the other end; a notifier that says it in other words leaves the rest out. */
export type ToldEvent = Pick<ClusterEvent, "name"> & Partial<ClusterEvent>;

export interface NotifierSubject {
  readonly notifier: Notifier;
  /** What the other end was told so far, in the order in which it was told. */
  readonly told: () => Promise<readonly ToldEvent[]>;
  /** From now on the other end refuses. */
  readonly break?: () => Promise<void>;
  /** The other end works again. */
  readonly mend?: () => Promise<void>;
  /** From now on the other end takes every event and never answers. */
  readonly stall?: () => Promise<void>;
}

/** What a subject offers: by what it has. */
export function notifierOffers(subject: NotifierSubject): readonly string[] {
  return (["break", "mend", "stall"] as const).filter((part) => subject[part] !== undefined);
}

const live = (): AbortSignal => new AbortController().signal;
const EVENT: ClusterEvent = {
  name: "group.started",
  severity: "info",
  atWallMs: 1_700_000_000_123,
  node: "master",
  fields: { group: "10.0.0.1/24", epoch: 3 },
};

function event(name: string, changes: Partial<ClusterEvent> = {}): ClusterEvent {
  return { ...EVENT, name, ...changes };
}

async function tell({ notifier }: NotifierSubject, ...events: readonly ClusterEvent[]): Promise<void> {
  for (const one of events) await expectSettled(notifier.notify(one, live()), `notify of ${one.name}`);
}

/** Whether a call rejects; hanging is a breach of its own. */
function rejects(call: Promise<void>, what: string): Promise<boolean> {
  const outcome = call.then(
    () => false,
    () => true,
  );
  return expectSettled(outcome, what);
}

async function expectTold({ told }: NotifierSubject, events: readonly ClusterEvent[]): Promise<void> {
  const heard = await told();
  expectEqual(
    heard.map(({ name }) => name),
    events.map(({ name }) => name),
    "events that the other end was told",
  );
  for (const [index, one] of heard.entries())
    for (const key of Object.keys(one) as (keyof ClusterEvent)[])
      expectEqual(one[key], events[index]?.[key], `${key} of ${one.name}`);
}

/** Values that are awkward in mail, in JSON, on a command line or in a header. */
const AWKWARD: readonly ClusterEvent[] = [
  event("agent.failed", { fields: { reason: 'exit 1: "no\nsuch\r\n\r\nfile"; $(reboot) `x` <b> é 💥 \\' } }),
  event("agent.failed", { severity: "critical", fields: { nested: { list: [1, "two", null, true] } } }),
  event("agent.failed", { severity: "warning", fields: {} }),
  event("agent.failed", { fields: { output: "x".repeat(60_000) } }),
];

export const notifierContract: readonly ContractCase<NotifierSubject>[] = [
  {
    id: "tells",
    name: "has told the other end when notify resolves",
    async run(subject) {
      await tell(subject, EVENT);
      await expectTold(subject, [EVENT]);
    },
  },
  {
    id: "in-order",
    name: "tells events in the order in which it was given them",
    async run(subject) {
      const events = Array.from({ length: 12 }, (_, index) => event(`group.event-${index}`));
      await tell(subject, ...events);
      await expectTold(subject, events);
    },
  },
  {
    id: "awkward-fields",
    name: "tells events with awkward values each as one event, unchanged",
    async run(subject) {
      await tell(subject, ...AWKWARD);
      await expectTold(subject, AWKWARD);
    },
  },
  {
    id: "leaves-the-event",
    name: "does not change the event",
    async run(subject) {
      const given = structuredClone(EVENT);
      await tell(subject, given);
      expectEqual(given, EVENT, "the event afterwards");
    },
  },
  {
    id: "aborted",
    name: "rejects when it is aborted before it began, and tells nothing",
    async run(subject) {
      const call = subject.notifier.notify(EVENT, AbortSignal.abort());
      expectThat(await rejects(call, "an aborted notify"), "an aborted notify resolved");
      await expectTold(subject, []);
    },
  },
  {
    id: "broken",
    name: "rejects when the other end refuses",
    needs: "break",
    async run(subject) {
      await subject.break?.();
      const call = subject.notifier.notify(EVENT, live());
      expectThat(await rejects(call, "notify to nobody"), "notify resolved, and nobody was told");
    },
  },
  {
    id: "recovers",
    name: "tells later events after the other end refused some",
    needs: ["break", "mend"],
    async run(subject) {
      await subject.break?.();
      await rejects(subject.notifier.notify(event("group.lost"), live()), "notify to nobody");
      await subject.mend?.();
      await tell(subject, EVENT);
      const heard = await subject.told();
      expectEqual(heard.at(-1)?.name, EVENT.name, "the last event that the other end was told");
    },
  },
  {
    id: "stalled",
    name: "rejects soon after the abort when the other end does not answer",
    needs: "stall",
    async run(subject) {
      await subject.stall?.();
      const call = subject.notifier.notify(EVENT, timeLimit(30));
      expectThat(await rejects(call, "a notify that is not answered"), "notify resolved without an answer");
    },
  },
];
