// `npm run demo`: a real two-node nginx cluster survives the six things that the walk-through does to it, live.
import { writeFileSync } from "node:fs";
import { ACTS, Lab, LabError, NODE_NAMES, runAct, type ActResult } from "@systole/test/lab";
import { exampleFiles } from "./files.js";
import { playWithCluster } from "./keep.js";
import { parseOptions, USAGE, type DemoOptions } from "./options.js";
import { Paint } from "./paint.js";
import { Screen } from "./screen.js";
import { CELL_MS, cellsOf, type Cell } from "./strip.js";
import { summary } from "./summary.js";
import { svgOf, type PicturedAct } from "./svg.js";

const TIMEOUT_MS = { systole: 20_000, keepalived: 20_000, heartbeat: 60_000 } as const;
/** heartbeat is still busy with its protocol seconds after users are served again. */
const SETTLE_MS = { systole: 1000, keepalived: 1000, heartbeat: 4000 } as const;
const FRAME_MS = 50;

const coloured = process.stdout.isTTY && (process.env.NO_COLOR ?? "") === "";
const paint = new Paint(coloured);
const screen = new Screen(process.stdout, paint);

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const ours = options.implementation === "systole";
  const lab = await Lab.open({
    implementation: options.implementation,
    ...(ours ? { files: exampleFiles() } : {}),
  });
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
  try {
    const ok = await show(lab, options, interrupted.signal);
    if (options.keep) await playWithCluster(lab, screen, paint, interrupted.signal);
    return ok ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return 130;
  } finally {
    if (interrupted.signal.aborted) screen.line();
    const left = await lab.close();
    for (const one of left) screen.line(`left behind: ${one}`);
  }
}

/** True when every act ended as the walk-through says. */
async function show(lab: Lab, options: DemoOptions, signal: AbortSignal): Promise<boolean> {
  screen.line(
    `Two nodes, one address, nginx: ${options.implementation}. A client asks for http://10.10.180.220/`,
  );
  screen.line(
    `every ${String(lab.answers.intervalMs)} ms on a new connection; one cell is ${String(CELL_MS)} ms.`,
  );
  screen.line(paint.legend());
  screen.line();
  const pictured: PicturedAct[] = [];
  for (const act of ACTS) {
    if (pictured.some(({ result }) => !result.ok)) break;
    pictured.push(await showAct(lab, act, options, signal));
  }
  await lab.allowIcmp("master");
  const results = pictured.map(({ result }) => result);
  screen.line();
  for (const line of summary(ACTS, results, paint)) screen.line(line);
  for (const result of results.filter(({ ok }) => !ok)) explain(lab, result);
  if (options.svg !== undefined) writeFileSync(options.svg, svgOf(pictured));
  const ok = results.length === ACTS.length && results.every((result) => result.ok);
  return ok;
}

async function showAct(
  lab: Lab,
  act: (typeof ACTS)[number],
  options: DemoOptions,
  signal: AbortSignal,
): Promise<PicturedAct> {
  const fromMs = nowMs();
  const draw = (): Cell[] => cellsOf(lab.answers.since(fromMs), fromMs, nowMs());
  const timer = setInterval(() => screen.redraw(act.title, draw()), FRAME_MS);
  try {
    const result = await runAct(lab, act, {
      timeoutMs: TIMEOUT_MS[options.implementation],
      settleMs: SETTLE_MS[options.implementation],
      signal,
    });
    const cells = draw();
    const verdict = result.ok ? paint.word("ok", "ok") : paint.word("FAILED", "failed");
    screen.finish(act.title, cells, `${String(result.longestGapMs)} ms ${verdict}`);
    return { result, cells };
  } finally {
    clearInterval(timer);
  }
}

function explain(lab: Lab, result: ActResult): void {
  screen.line();
  screen.line(`${result.title}: ${(result.reason ?? "").split("\n", 1).join("")}`);
  for (const name of NODE_NAMES) {
    screen.line(`--- the end of ${name}'s log ---`);
    screen.line(lab.node(name).logTail());
  }
}

/** The client's clock. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabError) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
}
