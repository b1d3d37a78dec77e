// `systole keys rotate`: begins, then shows each step as it is reached, and returns when the old key is gone.
import { askDaemon } from "../../control/control-client.js";
import type { KeyDocument } from "../../control/key-document.js";
import { controlSocketPath } from "../../control/run-directory.js";
import { EXIT_CODES } from "../../exit-codes.js";
import type { OperateOptions } from "../operate.js";
import { harmless, type Terminal } from "../terminal.js";
import { describeStep } from "./key-status.js";

const ASK_TIMEOUT_MS = 5000;
const LOOK_EVERY_MS = 200;

export async function rotateKey(options: OperateOptions, terminal: Terminal): Promise<number> {
  const path = controlSocketPath(options.runDir);
  const untilMs = performance.now() + options.timeout * 1000;
  const begun = await askDaemon(path, { command: "keys-rotate" }, { timeoutMs: ASK_TIMEOUT_MS });
  if (!begun.ok) {
    terminal.err.write(`systole keys rotate: ${harmless(begun.reason)}\n`);
    return EXIT_CODES.error;
  }
  let shown = "";
  for (;;) {
    const own = await ownKeys(path);
    const step = own === undefined ? shown : describeStep(own);
    if (step !== shown) terminal.out.write(`${step}\n`);
    shown = step;
    if (own?.step === "steady") return EXIT_CODES.ok;
    if (performance.now() >= untilMs) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  terminal.err.write(
    "systole keys rotate: not done in time; the daemon goes on by itself, `systole keys status` shows where it is\n",
  );
  return EXIT_CODES.timeout;
}

async function ownKeys(path: string): Promise<KeyDocument["own"] | undefined> {
  const answer = await askDaemon(path, { command: "keys" }, { timeoutMs: ASK_TIMEOUT_MS });
  return answer.ok ? answer.keys?.own : undefined;
}
