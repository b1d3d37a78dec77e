// What every medium must do, as data: any test runner can run these cases, and an author of a medium needs nothing else.
import { SystoleError, type ErrorCode } from "@systole/core/ports";
import { caseApplies, type ContractCase } from "./contract.js";
import { check, never, onBench, onStartedBench, type TransportSubject } from "./transport-bench.js";

export type { TransportFeature, TransportLink, TransportSubject } from "./transport-bench.js";

/** The cases that apply to a subject. */
export function transportCasesFor(subject: TransportSubject): readonly ContractCase<TransportSubject>[] {
  return transportContract.filter((one) => caseApplies(one, subject.offers));
}

/** Distinct bytes for a distinct seed, all values present once it is long enough. */
function patterned(byteLength: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, index) => (index * 7 + seed + (index >> 8)) & 0xff);
}

async function refusal(attempt: Promise<void>): Promise<unknown> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    return error;
  }
}

async function expectCode(attempt: Promise<void>, code: ErrorCode, when: string): Promise<void> {
  const error = await refusal(attempt);
  check(error !== undefined, `${when}: resolved, expected ${code}`);
  check(error instanceof SystoleError && error.code === code, `${when}: ${String(error)}, expected ${code}`);
}

/** Settles or complains: a call that never ends would hang the host. */
async function settled<T>(call: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not settle within 2 s`)), 2000);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const transportContract: readonly ContractCase<TransportSubject>[] = [
  {
    id: "describes-itself",
    name: "has a medium name and a maximum frame size",
    run: (subject) =>
      onBench(subject, async ({ sender }) => {
        check(sender.medium.length > 0, "medium is empty");
        const max = sender.supports.maxFrameBytes;
        check(Number.isInteger(max) && max >= 1024, `maxFrameBytes is ${max}, expected an integer >= 1024`);
      }),
  },
  {
    id: "one-byte",
    name: "carries a frame of one byte",
    run: onStartedBench((bench) => bench.deliver([Uint8Array.of(0xa5)])),
  },
  {
    id: "any-bytes",
    name: "carries every byte value unchanged",
    run: onStartedBench((bench) => bench.deliver([patterned(256, 0), patterned(1000, 99)])),
  },
  {
    id: "zero-filled",
    name: "carries frames of nothing but zero bytes in full length",
    run: onStartedBench((bench) => bench.deliver([new Uint8Array(1), new Uint8Array(300)])),
  },
  {
    id: "largest-frame",
    name: "carries a frame of the maximum size whole",
    run: onStartedBench((bench) => bench.deliver([patterned(bench.sender.supports.maxFrameBytes, 3)])),
  },
  {
    id: "too-large",
    name: "refuses a frame above the maximum with FRAME_TOO_LARGE, and lives on",
    run: onStartedBench(async (bench) => {
      const tooLarge = new Uint8Array(bench.sender.supports.maxFrameBytes + 1);
      await expectCode(bench.sender.send(tooLarge), "FRAME_TOO_LARGE", "send of one byte too many");
      await bench.deliver([patterned(20, 1)]);
    }),
  },
  {
    id: "many-frames",
    name: "carries many frames, none of them merged, split or changed",
    run: onStartedBench((bench) =>
      bench.deliver(Array.from({ length: 200 }, (_, index) => patterned(40 + index, index))),
    ),
  },
  {
    id: "buffer-is-the-senders",
    name: "does not look at the sender's buffer after send resolved",
    run: onStartedBench(async (bench) => {
      const frame = patterned(500, 5);
      const buffer = Uint8Array.from(frame);
      await bench.sender.send(buffer);
      buffer.fill(0xff);
      await bench.deliver([frame]);
    }),
  },
  {
    id: "silent-before-start",
    name: "delivers nothing before start",
    needs: ["two-ends"],
    run: (subject) =>
      onBench(subject, async (bench) => {
        await bench.sender.start(never);
        for (let index = 0; index < 5; index += 1) await refusal(bench.sender.send(patterned(50, index)));
        await bench.silence();
        check(bench.recorder.heard.length === 0, "a frame was delivered before start");
      }),
  },
  {
    id: "silent-after-stop",
    name: "delivers nothing after stop was called, not even what was under way",
    run: onStartedBench(async (bench) => {
      await bench.deliver([patterned(50, 1)]);
      const sends = Array.from({ length: 20 }, (_, index) =>
        refusal(bench.sender.send(patterned(60, index))),
      );
      const stopping = bench.receiver.stop(never);
      const heardAtStop = bench.recorder.heard.length;
      await Promise.all([stopping, ...sends]);
      for (let index = 0; index < 5; index += 1) await refusal(bench.sender.send(patterned(70, index)));
      await bench.silence();
      check(bench.recorder.heard.length === heardAtStop, "a frame was delivered after stop was called");
    }),
  },
  {
    id: "send-needs-start",
    name: "refuses to send before start and after stop with TRANSPORT_SEND_FAILED",
    run: (subject) =>
      onBench(subject, async (bench) => {
        const frame = patterned(10, 0);
        await expectCode(bench.sender.send(frame), "TRANSPORT_SEND_FAILED", "send before start");
        await bench.start();
        await bench.sender.stop(never);
        await expectCode(bench.sender.send(frame), "TRANSPORT_SEND_FAILED", "send after stop");
      }),
  },
  {
    id: "stop-any-time",
    name: "can be stopped without a start, and twice",
    run: async (subject) => {
      await onBench(subject, (bench) => settled(bench.stop(), "stop without start"));
      await onBench(subject, async (bench) => {
        await bench.start();
        await settled(bench.stop(), "stop");
        await settled(bench.stop(), "a second stop");
      });
    },
  },
  {
    id: "receiver-throws",
    name: "survives a receiver that throws",
    run: onStartedBench(async (bench) => {
      const frames = [patterned(30, 1), patterned(30, 2), patterned(30, 3)];
      bench.recorder.onFrame = () => {
        throw new Error("the receiver is broken on purpose");
      };
      await bench.deliver(frames.slice(0, 1));
      await bench.deliver(frames);
    }),
  },
  {
    id: "start-aborts",
    name: "gives a start up when its signal is aborted, and can be stopped then",
    run: (subject) =>
      onBench(subject, async ({ receiver }) => {
        const outcome = await settled(refusal(receiver.start(AbortSignal.abort())), "an aborted start");
        check(outcome !== undefined, "start resolved although its signal was aborted");
        await settled(receiver.stop(never), "stop after an aborted start");
      }),
  },
];
