// `node examples/three-sites-mqtt/dist/demo.js`: a shop at two sites that hear each other through a broker at a third, and what becomes of it.
import { LabError, monotonicMs, pause, waitFor } from "@systole/test/lab";
import { SITE_NAMES, type SiteName } from "./places.js";
import { ThreeSites } from "./sites.js";
import { Watch } from "./watch.js";

const PATIENCE_MS = 30_000;
/** So long the same site must have answered every visit. */
const SETTLED_MS = 500;

interface Act {
  readonly title: string;
  readonly run: (sites: ThreeSites) => Promise<void>;
  /** Who serves in the end; `nobody` when no site may know that it is the only one. */
  readonly endsAt: SiteName | "one of them" | "nobody";
}

const ACTS: readonly Act[] = [
  {
    title: "start both sites",
    run: async (sites) => {
      for (const name of SITE_NAMES) await sites.startDaemon(name);
    },
    endsAt: "east",
  },
  { title: "cut east off", run: (sites) => sites.cutOff("east"), endsAt: "west" },
  {
    title: "mend the line",
    run: async (sites) => {
      await sites.mend("east");
      await pause(1000);
    },
    endsAt: "west",
  },
  { title: "stop west", run: (sites) => sites.stopDaemon("west"), endsAt: "east" },
  {
    title: "start it again",
    run: async (sites) => {
      await sites.startDaemon("west");
      await pause(1000);
    },
    endsAt: "east",
  },
  { title: "kill the broker", run: (sites) => sites.broker.kill(), endsAt: "nobody" },
  { title: "start the broker again", run: (sites) => sites.broker.start(), endsAt: "one of them" },
];

async function main(): Promise<number> {
  const sites = await ThreeSites.open();
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
  const watch = new Watch(sites);
  try {
    say("A shop at two sites, east and west, with no route between them but a broker at a third.");
    say("A visitor asks for http://www.shop.example/ every 50 ms.\n");
    say(row("act", "longest gap", "then answers", "sites at once"));
    for (const act of ACTS) if (!(await play(act, sites, watch, interrupted.signal))) return 1;
    return 0;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return 130;
  } finally {
    watch.close();
    for (const left of await sites.close()) say(`left behind: ${left}`);
  }
}

async function play(act: Act, sites: ThreeSites, watch: Watch, signal: AbortSignal): Promise<boolean> {
  const sinceMs = monotonicMs();
  await act.run(sites);
  const isOver = (): string | false => {
    if (act.endsAt === "nobody")
      return watch.isSilent(SETTLED_MS) && sites.serving().length === 0 ? "nobody" : false;
    const answering = watch.answering(SETTLED_MS);
    return answering !== undefined && (act.endsAt === "one of them" || act.endsAt === answering)
      ? answering
      : false;
  };
  const answering = await waitFor(`${act.title}: ${act.endsAt} to serve`, isOver, {
    timeoutMs: PATIENCE_MS,
    signal,
    describe: () =>
      SITE_NAMES.map((name) => `--- ${name}\n${sites.log(name).split("\n").slice(-12).join("\n")}`).join(
        "\n",
      ),
  });
  const most = watch.mostAtOnce(sinceMs);
  const verdict = most <= 1 ? "ok" : "FAILED";
  say(`${row(act.title, `${watch.longestGapMs(sinceMs)} ms`, answering, String(most))}  ${verdict}`);
  return most <= 1;
}

function row(act: string, gap: string, answering: string, most: string): string {
  return `${act.padEnd(24)}${gap.padStart(12)}  ${answering.padEnd(14)}${most.padEnd(13)}`;
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
