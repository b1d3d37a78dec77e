// While an operator waits: what the daemon is doing, on one line that is written over. Only where somebody looks on.
import { askReading } from "../control/control-client.js";
import type { StatusDocument } from "../control/status-document.js";
import { harmless, widthOf, type Output } from "./terminal.js";

const EVERY_MS = 500;
const TIMEOUT_MS = 1000;
const CLEAR_LINE = "\r\u001B[K";

/** Returns a function that ends it, and leaves nothing of it behind. */
export function showProgress(runDir: string, output: Output): () => void {
  if (output.isLive !== true) return () => undefined;
  let hasEnded = false;
  let isShown = false;
  const look = async (): Promise<void> => {
    const answer = await askReading(runDir, { command: "status" }, { timeoutMs: TIMEOUT_MS });
    if (hasEnded || !answer.ok || answer.status === undefined) return;
    const text = harmless(progressText(answer.status)).slice(0, widthOf(output) - 1);
    output.write(`${CLEAR_LINE}${text}`);
    isShown = true;
  };
  // A daemon that does not answer this has enough to do with the request itself.
  const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS);
  return () => {
    hasEnded = true;
    clearInterval(timer);
    if (isShown) output.write(CLEAR_LINE);
  };
}

/** What agents do, or else what is waited for. */
export function progressText({ operations = [], why }: StatusDocument): string {
  const [first] = operations.filter(({ action }) => action === "start" || action === "stop");
  if (first === undefined) return why;
  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  return `${first.action} ${first.resource}: ${seconds(first.forMs)} of at most ${seconds(first.timeoutMs)}`;
}
