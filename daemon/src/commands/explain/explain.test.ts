// `systole explain` and `systole events` as they are called: on real journals, and beside a daemon that comes and goes.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import type { JournalEntry } from "../../journal/entry.js";
import { journalDirectory } from "../../journal/files.js";
import { RecentEntries } from "../../journal/recent-entries.js";
import { ControlRoom } from "../../testkit/control-room.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { SimulatedJournals } from "../../testkit/simulated-journals.js";
import { parseMoment } from "../moment.js";
import { events } from "./events.js";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "systole-explain-"));
});
afterEach(() => rmSync(state, { recursive: true }));

function keep(entries: readonly JournalEntry[], directory = journalDirectory(state)): void {
  mkdirSync(directory, { recursive: true });
  for (const entry of entries) appendFileSync(join(directory, "journal.jsonl"), `${JSON.stringify(entry)}\n`);
}

async function called(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const exitCode = await runCommandLine([...args, "--state-dir", state], terminal);
  return { exitCode, ...terminal.written };
}

function movedByHand(): SimulatedJournals {
  const journals = new SimulatedJournals(
    "cluster alpha bravo, around nothing, deadtime 1s, keepalive 100ms, auto_failback on",
  );
  for (const name of journals.cluster.names) journals.cluster.start(name);
  journals.cluster.run(20_000);
  journals.cluster.request("alpha", "standby");
  journals.cluster.run(5000);
  return journals;
}

describe("systole explain", () => {
  it("tells the last story of a group, by the name of a resource as well, and of a node", async () => {
    keep(movedByHand().of("alpha"));
    for (const name of ["web", "nginx"]) {
      const { exitCode, out } = await called("explain", name);
      expect(exitCode).toBe(0);
      expect(out).toContain("web is started on bravo");
      expect(out).toContain("Seen by alpha alone.");
    }
    expect((await called("explain", "bravo")).out).toContain("gives web to bravo");
  });

  it("reads copies of other journals as well, and needs no remark then", async () => {
    const journals = movedByHand();
    keep(journals.of("alpha"));
    keep(journals.of("bravo"), join(state, "copy"));
    const { out } = await called("explain", "web", "--journal", join(state, "copy"));
    expect(out).toContain("bravo has started nginx");
    expect(out).not.toContain("alone");
  });

  it("tells programs the same, each step with the number of its cause", async () => {
    keep(movedByHand().of("alpha"));
    const { out } = await called("explain", "web", "--json");
    const told = JSON.parse(out) as { stories: { steps: { name: string; cause: number | null }[] }[] };
    const steps = told.stories[0]?.steps ?? [];
    expect(steps.slice(0, 2).map(({ name, cause }) => [name, cause])).toEqual([
      ["operator.requested", null],
      ["group.claimed", 0],
    ]);
  });

  it("says what it does not know, and what is wrong", async () => {
    expect(await called("explain", "web")).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining("no journal") as string,
    });
    keep(movedByHand().of("alpha"));
    const unknown = await called("explain", "mail");
    expect(unknown.exitCode).toBe(1);
    expect(unknown.err).toContain("there are web, alpha, bravo");
    expect((await called("explain", "web", "--at", "noon")).exitCode).toBe(64);
    const early = await called("explain", "web", "--at", "1999-01-01");
    expect(early.out).toContain("nothing is told of it");
  });
});

it("moments are times of day, dates and spans before now", () => {
  const now = new Date(2026, 10, 25, 10, 0, 0).getTime();
  expect(parseMoment("1h", now)).toBe(now - 3_600_000);
  expect(parseMoment("1.5s", now)).toBe(now - 1500);
  expect(new Date(parseMoment("09:30", now))).toEqual(new Date(2026, 10, 25, 9, 30));
  expect(new Date(parseMoment("23:59:58.5", now))).toEqual(new Date(2026, 10, 24, 23, 59, 58, 500));
  expect(new Date(parseMoment("2026-11-24 10:02:11", now))).toEqual(new Date(2026, 10, 24, 10, 2, 11));
  for (const wrong of ["", "25:00", "yesterday", "1 h", "2026-13-01"])
    expect(() => parseMoment(wrong, now)).toThrow("Write `10:02`");
});

describe("systole events", () => {
  const entry = (seq: number): JournalEntry => {
    const time = new Date(Date.UTC(2026, 0, 5, 10, 0, seq)).toISOString();
    return {
      seq,
      time,
      node: "alpha",
      level: "warn",
      name: "node.changed",
      fields: { node: "bravo", to: "dead", reason: "silent" },
    };
  };
  const numbers = (out: string) =>
    out.split("\n").flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as JournalEntry).seq]));

  it("shows what was kept, in words or as it is", async () => {
    keep([entry(1), entry(2)]);
    expect((await called("events")).out).toContain("alpha calls bravo dead");
    expect(numbers((await called("events", "--json")).out)).toEqual([1, 2]);
    expect(numbers((await called("events", "--json", "--since", "2026-01-05T10:00:02Z")).out)).toEqual([2]);
    rmSync(journalDirectory(state), { recursive: true });
    expect(await called("events")).toMatchObject({ exitCode: 1, out: "" });
  });

  it("follows: each entry once, over the daemon's end and its return, until it is told to end", async () => {
    const room = new ControlRoom();
    let recent = new RecentEntries();
    await room.open(true, recent);
    const terminal = recordingTerminal();
    const enough = new AbortController();
    keep([entry(1)]);
    recent.add(entry(1));
    const runDir = room.runDirectory;
    const options = { runDir, stateDir: state, follow: true, json: true, since: 0 };
    const following = events(options, terminal, enough.signal);
    const until = async (wanted: readonly number[]) => {
      await expect.poll(() => numbers(terminal.written.out), { timeout: 5000 }).toEqual(wanted);
    };
    await until([1]);
    await expect.poll(() => recent.followers, { timeout: 5000 }).toBe(1);
    recent.add(entry(2));
    await until([1, 2]);
    // It ends, writes what it has told nobody, and another life begins.
    await room.closeServers();
    keep([entry(2), entry(3)]);
    await until([1, 2, 3]);
    expect(terminal.written.err).toContain("waiting for one");
    recent = new RecentEntries();
    recent.add(entry(4));
    await room.open(true, recent);
    await until([1, 2, 3, 4]);
    recent.add(entry(5));
    await until([1, 2, 3, 4, 5]);
    enough.abort();
    expect(await following).toBe(0);
    await expect.poll(() => recent.followers).toBe(0);
    await room.close();
  });
});
