// As worker.ts, and counts what the engine and the codec run through. On `counts` it tells what it has counted.
import { parentPort } from "node:worker_threads";
import { Recorder } from "../coverage/recorder.js";

const recorder = new Recorder();
// Loaded when counting has begun.
await import("./worker.js");
parentPort?.on("message", (message: unknown) => {
  if (message !== "counts") return;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
  void recorder.take(/\/core\/dist\/(engine|message)\//).then((counts) => parentPort?.postMessage(counts));
});
