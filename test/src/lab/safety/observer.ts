// Runs on a node beside the daemon and says when the node has the cluster's address, and when it answers there: the address is
// on an interface that is up with a carrier, and nginx serves a page at it. Asked from inside the node, so that what is between
// the node and its users plays no part. Its own program: prints one line of JSON a change. Ends when its standard input does.
// Usage: node observer.js ADDRESS LOOK_EVERY_MS ASK_EVERY_MS
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { argv, stdin, stdout } from "node:process";
import { monotonicMs } from "../wait.js";
import type { Sight } from "./owner-log.js";

const ASK_TIMEOUT_MS = 250;
/** Looks later than this are told: for so long nobody knows. */
const BLIND_MS = 50;

const address = argv[2] ?? "10.10.180.220";
const lookEveryMs = Number(argv[3] ?? 5);
const askEveryMs = Number(argv[4] ?? 25);

let told = "";
let served = false;
let asking = false;
let askDueMs = 0;
let lookedMs = monotonicMs();

/** The kernel takes the address for its own, whatever the interface's state. */
function isConfigured(): boolean {
  return readFileSync("/proc/self/net/fib_trie", "latin1").includes(`|-- ${address}\n`);
}

/** Node lists interfaces that are up and have a carrier only. */
function isReachable(): boolean {
  return Object.values(networkInterfaces()).some((one) => one?.some((held) => held.address === address));
}

function ask(): void {
  asking = true;
  let answer = "";
  const socket = connect({ host: address, port: 80, noDelay: true });
  const timer = setTimeout(() => socket.destroy(), ASK_TIMEOUT_MS);
  socket.setEncoding("latin1");
  socket.on("connect", () => socket.write(`GET / HTTP/1.0\r\nHost: ${address}\r\n\r\n`));
  socket.on("data", (text: string) => {
    answer = (answer + text).slice(0, 512);
  });
  socket.on("error", () => undefined); // No answer is an answer: `close` follows.
  socket.on("close", () => {
    clearTimeout(timer);
    asking = false;
    served = /^HTTP\/1\.[01] 200 /.test(answer);
    look();
  });
}

function look(): void {
  const nowMs = monotonicMs();
  const configured = isConfigured();
  const reachable = configured && isReachable();
  if (!reachable) served = false;
  if (reachable && !asking && nowMs >= askDueMs) {
    askDueMs = nowMs + askEveryMs;
    ask();
  }
  const sight = { configured, answers: reachable && served };
  const text = JSON.stringify(sight);
  const blindMs = nowMs - lookedMs - lookEveryMs;
  lookedMs = nowMs;
  if (text === told && blindMs < BLIND_MS) return;
  told = text;
  const line: Sight = { atMs: nowMs, ...sight, ...(blindMs < BLIND_MS ? {} : { blindMs }) };
  stdout.write(`${JSON.stringify(line)}\n`);
}

stdin.resume();
stdin.on("end", () => process.exit(0));
setInterval(look, lookEveryMs);
look();
