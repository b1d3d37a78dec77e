// The one medium of a node that is a function. It cannot reach anybody: what it says waits until it is asked for it.
import { SystoleError, type FrameReceiver, type Transport } from "../../ports/index.js";
import { FUNCTION_LIMITS } from "./limits.js";
import type { NodeState, WaitingFrame } from "./node-state.js";

export class Mailbox implements Transport {
  readonly medium = "http";
  readonly supports: Transport["supports"];
  private receiver: FrameReceiver | undefined;
  private said: Uint8Array[] = [];

  constructor(maxFrameBytes: number) {
    this.supports = { maxFrameBytes };
  }

  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async send(frame: Uint8Array): Promise<void> {
    if (frame.length > this.supports.maxFrameBytes)
      throw new SystoleError("FRAME_TOO_LARGE", `A frame of ${frame.length} bytes does not fit into a call.`);
    this.said.push(frame);
  }

  deliver(frames: readonly Uint8Array[], from: string): void {
    for (const frame of frames) this.receiver?.frame(frame, from);
  }

  /** What was said since the last time. */
  take(): readonly Uint8Array[] {
    const { said } = this;
    this.said = [];
    return said;
  }
}

/**
 * With `said` behind what waits already; the oldest make room. What is older than `maxAgeMs` is gone: whoever reads it later would
 * take an old sign of life for a new one.
 */
export function withFrames(
  { frames, lastFrame, time: { nowMs: saidMs } }: Pick<NodeState, "frames" | "lastFrame" | "time">,
  said: readonly Uint8Array[],
  maxAgeMs: number,
): Pick<NodeState, "frames" | "lastFrame"> {
  const added = said.map((bytes, index) => ({ number: lastFrame + 1 + index, saidMs, bytes: [...bytes] }));
  const fresh = frames.filter((frame) => saidMs - frame.saidMs <= maxAgeMs);
  const all: readonly WaitingFrame[] = [...fresh, ...added];
  let bytes = 0;
  const lastDropped = all.findLastIndex((frame, index) => {
    bytes += frame.bytes.length;
    return bytes > FUNCTION_LIMITS.frameBytes || all.length - index > FUNCTION_LIMITS.frames;
  });
  return { frames: all.slice(lastDropped + 1), lastFrame: lastFrame + said.length };
}
