// Reads the page of nginx's module stub_status. Pure.

/** Since nginx was started, except for `active`. */
export interface StubStatus {
  readonly active: number;
  readonly accepts: number;
  readonly handled: number;
  readonly requests: number;
}

/** Undefined when the text is not such a page. */
export function parseStubStatus(text: string): StubStatus | undefined {
  const pattern =
    /^Active connections: (\d+) *\r?\nserver accepts handled requests *\r?\n *(\d+) (\d+) (\d+) *\r?\nReading: \d+ Writing: \d+ Waiting: \d+/;
  const numbers = pattern.exec(text)?.slice(1).map(Number);
  if (numbers === undefined) return undefined;
  const [active = 0, accepts = 0, handled = 0, requests = 0] = numbers;
  return { active, accepts, handled, requests };
}

/** Connections that nginx accepted and had to drop since `before`, as it does when worker_connections are used up. */
export function droppedSince(before: StubStatus | undefined, now: StubStatus): number {
  const dropped = now.accepts - now.handled;
  // Fewer than before: it was started again meanwhile.
  return before === undefined || now.accepts < before.accepts
    ? 0
    : dropped - (before.accepts - before.handled);
}
