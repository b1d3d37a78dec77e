// `npm run bench:failover`: the walk-through's six acts on Systole and, on request, heartbeat 3.0.6 and keepalived, in turns,
// in the same lab with the same client. Prints how long users were without answers. Not a test: nothing here passes or fails.
// Usage: node failover.js [--json] [--runs N] [--against heartbeat,keepalived] [--only NAME,...]
import { ACTS, Lab, LabError, runAct, type Implementation } from "../lab/index.js";
import { parseBenchOptions } from "./failover-options.js";
import { reportOf, tableOf, type Measurement } from "./failover-report.js";

/** heartbeat is still busy with its protocol seconds after users are served again. */
const SETTLE_MS = { systole: 1500, heartbeat: 4000, keepalived: 1500 } as const;
const TIMEOUT_MS = { systole: 20_000, heartbeat: 60_000, keepalived: 8000 } as const;

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  const measurements: Measurement[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    for (const implementation of options.implementations) {
      process.stderr.write(`run ${String(run)} of ${String(options.runs)}: ${implementation}\n`);
      measurements.push(...(await measure(implementation, run)));
    }
  }
  const report = reportOf(measurements, options.implementations, options.runs);
  process.stdout.write(
    options.json ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report, options.implementations),
  );
}

async function measure(implementation: Implementation, run: number): Promise<Measurement[]> {
  const lab = await Lab.open({ implementation });
  const interrupted = (): void => {
    void lab.close().finally(() => process.exit(130));
  };
  process.once("SIGINT", interrupted);
  try {
    const measurements: Measurement[] = [];
    for (const act of ACTS) {
      const result = await runAct(lab, act, {
        settleMs: SETTLE_MS[implementation],
        timeoutMs: TIMEOUT_MS[implementation],
      });
      measurements.push({ implementation, run, result });
      // After an act that went wrong the next would measure the wreck. ICMP is the last, and keepalived ignores it.
      if (!result.ok) break;
    }
    return measurements;
  } finally {
    process.off("SIGINT", interrupted);
    await lab.close();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof LabError) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
}
