// The lab's user: asks for the page at a fixed rate on new connections, whatever became of the requests before, and prints
// one JSON line an attempt. Its own program, so that nothing the test does delays it. Ends when its standard input does.
// Usage: node client.js ADDRESS INTERVAL_MS TIMEOUT_MS
import { connect } from "node:net";
import { argv, stdin, stdout } from "node:process";
import type { Attempt } from "./answers.js";
import { monotonicMs } from "./wait.js";

const IN_FLIGHT_LIMIT = 128;
const ANSWER_LIMIT_BYTES = 4096;

const address = argv[2] ?? "10.10.180.220";
const intervalMs = Number(argv[3] ?? 5);
const timeoutMs = Number(argv[4] ?? 200);

let inFlight = 0;
let dueMs = monotonicMs();

function attempt(): void {
  const sentMs = monotonicMs();
  let answer = "";
  let failure: string | undefined;
  inFlight += 1;
  const socket = connect({ host: address, port: 80, noDelay: true });
  const timer = setTimeout(() => {
    failure = "timeout";
    socket.destroy();
  }, timeoutMs);
  socket.setEncoding("latin1");
  socket.on("connect", () => socket.write(`GET / HTTP/1.0\r\nHost: ${address}\r\n\r\n`));
  socket.on("data", (text: string) => {
    answer += text;
    if (answer.length > ANSWER_LIMIT_BYTES) socket.destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    failure ??= error.code ?? "error";
  });
  socket.on("close", () => {
    clearTimeout(timer);
    inFlight -= 1;
    report(sentMs, failure, answer);
  });
}

function report(sentMs: number, failure: string | undefined, answer: string): void {
  const answeredBy = failure === undefined ? whoAnswered(answer) : undefined;
  const result: Attempt = {
    sentMs: rounded(sentMs),
    doneMs: rounded(monotonicMs()),
    ...(answeredBy === undefined ? { failure: failure ?? "bad answer" } : { answeredBy }),
  };
  stdout.write(`${JSON.stringify(result)}\n`);
}

/** Reads the node's name out of its page: "this is master!". */
function whoAnswered(answer: string): string | undefined {
  if (!/^HTTP\/1\.[01] 200 /.test(answer)) return undefined;
  return /this is (\S+?) ?!/.exec(answer)?.[1];
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function loop(): void {
  const nowMs = monotonicMs();
  if (nowMs >= dueMs) {
    if (inFlight < IN_FLIGHT_LIMIT) attempt();
    // After a stall of this process the missed attempts are not made up for: they would be a burst, not a user.
    dueMs = Math.max(dueMs + intervalMs, nowMs);
  }
  setTimeout(loop, Math.max(0, dueMs - monotonicMs()));
}

stdin.resume();
stdin.on("end", () => process.exit(0));
loop();
