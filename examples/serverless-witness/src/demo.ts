// `node examples/serverless-witness/dist/demo.js workerd` (or lambda): what is cut, and who serves then.
import { LabError, NODE_NAMES, monotonicMs, namesOf, pause, waitFor, type NodeName } from "@systole/test/lab";
import { Stage, type CloudKind } from "./stage.js";

const PATIENCE_MS = 20_000;
/** So long it must have been as it should be. */
const SETTLED_MS = 700;
/** Longer than deadtime: whoever would take over has done it by then. */
const BEYOND_DEADTIME_MS = 2800;

interface Act {
  readonly title: string;
  readonly run: (stage: Stage) => Promise<void>;
  /** Who serves in the end; `nobody` when no node may know that it is the only one. */
  readonly endsAt: NodeName | "one of them" | "nobody";
}

const ACTS: readonly Act[] = [
  {
    title: "start both nodes",
    run: async ({ lab }) => {
      for (const name of NODE_NAMES) await lab.node(name).start();
      await pause(5000);
    },
    endsAt: "master",
  },
  {
    title: "cut the direct way between them",
    run: async ({ lab }) => {
      await lab.separateNodes();
      await pause(BEYOND_DEADTIME_MS);
    },
    endsAt: "master",
  },
  {
    title: "kill the broker too",
    run: async ({ broker }) => {
      await broker.kill();
      await pause(BEYOND_DEADTIME_MS);
    },
    endsAt: "master",
  },
  {
    title: "mend that",
    run: async (stage) => {
      await stage.mendNodes();
      await pause(1500);
    },
    endsAt: "master",
  },
  {
    title: "cut both from the witness",
    run: async (stage) => {
      await stage.cutWitness(...NODE_NAMES);
      await pause(BEYOND_DEADTIME_MS);
    },
    endsAt: "master",
  },
  {
    title: "cut master off from all",
    run: async (stage) => {
      await stage.mendWitness(...NODE_NAMES);
      await stage.lab.cutBeyondSwitch("master");
    },
    endsAt: "cluster1",
  },
  {
    title: "mend that",
    run: async ({ lab }) => {
      await lab.mendBeyondSwitch("master");
      await pause(1500);
    },
    endsAt: "cluster1",
  },
  {
    title: "cut everything",
    run: async (stage) => {
      await stage.cutWitness(...NODE_NAMES);
      await stage.cutNodes();
    },
    endsAt: "nobody",
  },
  {
    title: "let master reach the witness",
    run: (stage) => stage.mendWitness("master"),
    endsAt: "master",
  },
];

async function main(): Promise<number> {
  const kind: CloudKind = process.argv[2] === "lambda" ? "lambda" : "workerd";
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
  const stage = await Stage.open(kind);
  let most = 0;
  const endLooking = stage.lab.holders.onChange((holders) => (most = Math.max(most, holders.length)));
  try {
    say(
      `Two nodes, a network and a broker between them, and a witness in ${kind}. A visitor asks the cluster's address every 20 ms.\n`,
    );
    say(row("act", "longest gap", "then serves", "at once"));
    for (const act of ACTS) {
      most = stage.lab.holders.now().length;
      const sinceMs = monotonicMs();
      await act.run(stage);
      const serving = await settled(stage, act, interrupted.signal);
      const gapMs = Math.round(stage.lab.answers.longestGap(sinceMs, monotonicMs()));
      say(`${row(act.title, `${gapMs} ms`, serving, String(most))}  ${most <= 1 ? "ok" : "FAILED"}`);
      if (most > 1) return 1;
    }
    return 0;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return 130;
  } finally {
    endLooking();
    for (const left of await stage.close()) say(`left behind: ${left}`);
  }
}

function settled(stage: Stage, { title, endsAt }: Act, signal: AbortSignal): Promise<string> {
  return waitFor(`${title}: ${endsAt} to serve`, () => serving(stage, endsAt), {
    timeoutMs: PATIENCE_MS,
    signal,
    describe: () => stage.logs(),
  });
}

/** Who has answered all of the last moments, if that is as it should be. */
function serving({ lab }: Stage, endsAt: Act["endsAt"]): string | false {
  const attempts = lab.answers.since(monotonicMs() - SETTLED_MS);
  const names = namesOf(attempts);
  if (attempts.length < 3) return false;
  if (endsAt === "nobody") return names.length === 0 && lab.holders.now().length === 0 && "nobody";
  const [only = ""] = names;
  const isSteady = names.length === 1 && attempts.every(({ answeredBy }) => answeredBy === only);
  return isSteady && (endsAt === "one of them" || endsAt === only) && only;
}

function row(act: string, gap: string, serves: string, most: string): string {
  return `${act.padEnd(32)}${gap.padStart(12)}  ${serves.padEnd(13)}${most.padEnd(8)}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
}
