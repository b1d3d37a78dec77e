// The bench on which the contract of a medium is run: two ends, what was heard, and patience with a lossy medium.
import { SystoleError, type FrameReceiver, type Transport } from "@systole/core/ports";

/** `two-ends`: sender and receiver are two objects. A medium that only echoes has one and does not offer it. */
export type TransportFeature = "two-ends";

/** What `sender` sends arrives at `receiver`. Both are fresh: not attached, not started. */
export interface TransportLink {
  readonly sender: Transport;
  readonly receiver: Transport;
  /** Releases what the link itself opened; both ends are stopped before. */
  close(): Promise<void>;
}

/** The medium under test. */
export interface TransportSubject {
  readonly offers: readonly TransportFeature[];
  open(): Promise<TransportLink>;
  /** How long a frame that must arrive may take, resending included. Default 5000. */
  readonly arrivesWithinMs?: number;
  /** How long to listen for a frame that must not arrive. Default 60. */
  readonly silenceMs?: number;
}

export const never = new AbortController().signal;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function check(condition: boolean, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}

/** Keeps copies of what was heard; `onFrame` may throw, as a careless receiver would. */
class Recorder implements FrameReceiver {
  readonly heard: Uint8Array[] = [];
  onFrame: () => void = () => undefined;

  frame(bytes: Uint8Array): void {
    this.heard.push(Uint8Array.from(bytes));
    this.onFrame();
  }

  failed(): void {
    // A medium may complain about itself; only what it carries is judged here.
  }

  has(frame: Uint8Array): boolean {
    return this.heard.some((one) => sameBytes(one, frame));
  }
}

export class Bench {
  readonly recorder = new Recorder();
  readonly sender: Transport;
  readonly receiver: Transport;

  constructor(
    link: TransportLink,
    private readonly subject: TransportSubject,
  ) {
    this.sender = link.sender;
    this.receiver = link.receiver;
    this.receiver.attach(this.recorder);
    if (this.sender !== this.receiver) this.sender.attach(new Recorder());
  }

  async start(): Promise<void> {
    await this.receiver.start(never);
    if (this.sender !== this.receiver) await this.sender.start(never);
  }

  async stop(): Promise<void> {
    await this.sender.stop(never);
    await this.receiver.stop(never);
  }

  silence(): Promise<void> {
    return pause(this.subject.silenceMs ?? 60);
  }

  /** Sends until every frame has arrived: a medium may lose some, but not always the same. */
  async deliver(frames: readonly Uint8Array[]): Promise<void> {
    const endAtMs = Date.now() + (this.subject.arrivesWithinMs ?? 5000);
    let missing = frames;
    for (let round = 0; missing.length > 0; round += 1) {
      const first = missing[0];
      check(
        round === 0 || Date.now() < endAtMs,
        `${missing.length} of ${frames.length} frames did not arrive, the first has ${first?.byteLength} bytes`,
      );
      for (const frame of missing) await this.send(frame);
      for (let waits = 0; waits < 20 && missing.length > 0; waits += 1) {
        await pause(waits === 0 ? 0 : 5);
        missing = missing.filter((frame) => !this.recorder.has(frame));
      }
    }
    const invented = this.recorder.heard.find((one) => !frames.some((frame) => sameBytes(one, frame)));
    check(
      invented === undefined,
      `a frame of ${invented?.byteLength} bytes arrived that nobody sent like that`,
    );
  }

  /** A send that may fail for a while, as one does when the other end is not there yet. */
  private async send(frame: Uint8Array): Promise<void> {
    try {
      await this.sender.send(frame);
    } catch (error) {
      if (!(error instanceof SystoleError && error.retryable)) throw error;
    }
  }
}

export async function onBench(
  subject: TransportSubject,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  const link = await subject.open();
  const bench = new Bench(link, subject);
  try {
    await body(bench);
  } finally {
    await bench.stop();
    await link.close();
  }
}

export function onStartedBench(
  body: (bench: Bench) => Promise<void>,
): (subject: TransportSubject) => Promise<void> {
  return (subject) =>
    onBench(subject, async (bench) => {
      await bench.start();
      await body(bench);
    });
}
