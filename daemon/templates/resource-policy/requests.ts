// What operators asked for, until it is done or has taken too long: every request is answered once.
import type { PolicyOutput } from "@systole/sdk";

/** Whether a group has arrived on a node; a sentence when it cannot. */
export type Arrival = (key: string, node: string) => boolean | string;

interface Request {
  readonly id: number;
  readonly moves: readonly { readonly key: string; readonly to: string }[];
  readonly untilMs: number;
}

const MOST_WAITING = 16;

export class Requests {
  private waiting: Request[] = [];

  constructor(private readonly emit: (output: PolicyOutput) => void) {}

  wait(request: Request): void {
    if (this.waiting.length < MOST_WAITING) this.waiting.push(request);
    else this.answer(request.id, false, "too many requests wait already");
  }

  answer(id: number, ok: boolean, reason: string): void {
    this.emit({ kind: "operator.answered", id, ok, reason });
  }

  advance(arrival: Arrival, nowMs: number): void {
    this.waiting = this.waiting.filter(({ id, moves, untilMs }) => {
      const states = moves.map(({ key, to }) => arrival(key, to));
      const obstacle = states.find((state) => typeof state === "string");
      if (typeof obstacle === "string") this.answer(id, false, obstacle);
      else if (states.every((state) => state === true)) this.answer(id, true, "done");
      else if (nowMs >= untilMs) this.answer(id, false, "it was not done in time");
      else return true;
      return false;
    });
  }

  deadline(): number {
    return Math.min(Infinity, ...this.waiting.map(({ untilMs }) => untilMs));
  }
}
