// What a witness says of its work: a line when a lease changes hands, and when its store does not do what it should.
import type { WitnessEvent } from "@systole/witness";
import { harmless, type Terminal } from "../terminal.js";

/** The same sentence about a cluster is said once in so long. */
const AGAIN_AFTER_MS = 60_000;
const MAX_REMEMBERED = 10_000;

export function witnessLines(
  terminal: Terminal,
  nowMs: () => number = () => performance.now(),
): (event: WitnessEvent) => void {
  const told = new Map<string, { readonly line: string; readonly atMs: number }>();
  return (event) => {
    const line = lineOf(event);
    if (line === undefined) return;
    const before = told.get(event.cluster);
    if (before?.line === line && nowMs() - before.atMs < AGAIN_AFTER_MS) return;
    if (told.size >= MAX_REMEMBERED) told.clear();
    told.set(event.cluster, { line, atMs: nowMs() });
    const output = event.kind === "answered" ? terminal.out : terminal.err;
    output.write(`${event.cluster}: ${harmless(line)}\n`);
  };
}

function lineOf(event: WitnessEvent): string | undefined {
  switch (event.kind) {
    case "unreadable":
      return "what the store holds makes no sense; it is treated as lost";
    case "store-failed":
      return `the store fails: ${event.reason}`;
    case "answered": {
      const { question, answer } = event;
      if (answer.result === "granted") return `${question.holder} has the lease, epoch ${answer.epoch}`;
      if (answer.result === "not-yet") return "nothing is granted yet: an earlier lease may still run";
      return answer.result === "released" ? `${question.holder} has given the lease back` : undefined;
    }
  }
}
