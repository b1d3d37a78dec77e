// Notifiers that are wrong on purpose.
import type { ClusterEvent } from "@systole/core/ports";
import type { SubjectSource } from "../contract.js";
import { MemoryAudience, MemoryNotifier } from "../memory-notifier.js";
import type { NotifierSubject } from "../notifier-contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

class Swallows extends MemoryNotifier {
  override async notify(): Promise<void> {}
}
class SwallowsErrors extends MemoryNotifier {
  override notify = (event: ClusterEvent, signal: AbortSignal): Promise<void> =>
    MemoryNotifier.prototype.notify.call(this, event, signal).catch(() => undefined);
}
class TellsLater extends MemoryNotifier {
  override async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    setTimeout(() => void super.notify(event, signal), 5);
  }
}
/** Tells in pairs, the younger first. */
class Reorders extends MemoryNotifier {
  #kept: ClusterEvent | undefined;
  override async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    const kept = this.#kept;
    this.#kept = kept === undefined ? event : undefined;
    if (kept === undefined) return;
    await super.notify(event, signal);
    await super.notify(kept, signal);
  }
}
class LineByLine extends MemoryNotifier {
  override async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    for (const line of JSON.stringify(event.fields).split(String.raw`\n`))
      await super.notify({ ...event, fields: { line } }, signal);
  }
}
class CutsShort extends MemoryNotifier {
  override notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    const text = JSON.stringify(event.fields);
    return super.notify({ ...event, fields: text.length > 1000 ? {} : event.fields }, signal);
  }
}
class EditsTheEvent extends MemoryNotifier {
  override notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    (event.fields as Record<string, unknown>)["via"] = "memory";
    return super.notify(event, signal);
  }
}
class DeafToAbort extends MemoryNotifier {
  override notify(event: ClusterEvent): Promise<void> {
    return super.notify(event, new AbortController().signal);
  }
}
class HangsPastAbort extends MemoryNotifier {
  override async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    return this.audience.mode === "stalled" ? new Promise(() => undefined) : super.notify(event, signal);
  }
}
class GivesUpForGood extends MemoryNotifier {
  #failed = false;
  override async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    if (this.#failed) return;
    await super.notify(event, signal).catch((error: unknown) => {
      this.#failed = true;
      throw error;
    });
  }
}

function source(Made: new (audience: MemoryAudience) => MemoryNotifier): SubjectSource<NotifierSubject> {
  return {
    open: () => {
      const audience = new MemoryAudience();
      return {
        notifier: new Made(audience),
        told: async () => audience.told,
        break: async () => void (audience.mode = "broken"),
        mend: async () => void (audience.mode = "working"),
        stall: async () => void (audience.mode = "stalled"),
      };
    },
  };
}

function wrong(
  name: string,
  Made: new (audience: MemoryAudience) => MemoryNotifier,
  ...caughtBy: string[]
): WrongSubject<NotifierSubject> {
  return { name, source: source(Made), caughtBy };
}

export const notifiers: ContractTrial<NotifierSubject> = {
  right: source(MemoryNotifier),
  wrong: [
    wrong("swallows events", Swallows, "tells", "in-order", "broken", "aborted", "stalled", "recovers"),
    wrong("swallows errors", SwallowsErrors, "broken", "aborted", "stalled"),
    wrong("resolves before it has told", TellsLater, "tells"),
    wrong("reorders", Reorders, "in-order"),
    wrong("makes an event of each line", LineByLine, "awkward-fields"),
    wrong("cuts long events short", CutsShort, "awkward-fields"),
    wrong("edits the event", EditsTheEvent, "leaves-the-event"),
    wrong("does not look at the signal", DeafToAbort, "aborted", "stalled"),
    wrong("hangs past the abort", HangsPastAbort, "stalled"),
    wrong("gives up for good", GivesUpForGood, "recovers"),
  ],
};
