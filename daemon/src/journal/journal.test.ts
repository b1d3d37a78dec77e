// Does the journal survive restarts, torn lines, entries of later versions, floods, and a disk that is slow, full or gone?
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NodeClock } from "@systole/core/node";
import type { EngineEvent } from "@systole/core/ports";
import { recordingLogger } from "../testkit/fake-cluster.js";
import { Journal, keptBy } from "./journal.js";
import { JOURNAL_LIMITS } from "./limits.js";
import { readJournal } from "./read-journal.js";

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "systole-journal-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const log = recordingLogger();
const opened = (where = directory) =>
  new Journal({ directory: where, node: "alpha", clock: new NodeClock(), log });
const event = (name: string, fields = {}, level: EngineEvent["level"] = "info"): EngineEvent => {
  return { name, level, fields };
};
const current = () => join(directory, "journal.jsonl");
const kept = () => readJournal(directory).entries.map(({ seq, name }) => `${seq} ${name}`);

it("keeps what is told and what is logged, in order and over restarts, and nothing that is for debugging", async () => {
  const first = opened();
  first.tell(event("node.changed", { node: "bravo" }, "warn"));
  first.tell(event("message.duplicate", {}, "debug"));
  keptBy(first, log).info("operator.requested", { kind: "standby" });
  await first.close();
  first.tell(event("too.late"));
  const second = opened();
  second.tell(event("group.claimed"));
  await second.close();
  expect(kept()).toEqual(["1 node.changed", "2 operator.requested", "3 group.claimed"]);
  expect(readJournal(directory).entries[0]).toMatchObject({
    node: "alpha",
    level: "warn",
    fields: { node: "bravo" },
  });
});

it("skips a line that is torn, and goes on behind it", async () => {
  const first = opened();
  for (const name of ["one", "two", "three"]) first.tell(event(name));
  await first.close();
  truncateSync(current(), statSync(current()).size - 9);
  const second = opened();
  second.tell(event("four"));
  await second.close();
  expect(kept()).toEqual(["1 one", "2 two", "3 four"]);
  expect(readJournal(directory).unreadable).toBe(1);
});

it("reads entries of later versions, and passes over what it does not know", () => {
  const entry = {
    seq: 7,
    time: "2031-01-01T00:00:00.000Z",
    node: "alpha",
    level: "info",
    name: "x",
    fields: {},
  };
  const lines = [{ ...entry, version: 9, cause: [1] }, { seq: "no" }, { ...entry, seq: 8, level: "loud" }];
  writeFileSync(current(), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  appendFileSync(current(), "\u0000\u0001{");
  expect(readJournal(directory)).toEqual({ entries: [entry], unreadable: 3 });
});

it("puts a long file aside, and has no more files than it may", async () => {
  const journal = opened();
  const fields = { text: "x".repeat(JOURNAL_LIMITS.entryBytes / 2) };
  const count = Math.ceil((JOURNAL_LIMITS.files + 1) * (JOURNAL_LIMITS.fileBytes / fields.text.length));
  for (let at = 0; at < count; at += 1) {
    journal.tell(event(`big.${at}`, fields));
    if (at % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await journal.close();
  expect(readdirSync(directory)).toHaveLength(JOURNAL_LIMITS.files);
  for (const name of readdirSync(directory))
    expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(JOURNAL_LIMITS.fileBytes);
  const entries = readJournal(directory).entries.filter(({ name }) => name.startsWith("big."));
  expect(entries.at(-1)?.name).toBe(`big.${count - 1}`);
  expect(entries.length).toBeLessThan(count);
});

it("cuts a flood of one name, and counts what it left out; an entry that is too long loses its fields", async () => {
  const journal = opened();
  for (let at = 0; at < JOURNAL_LIMITS.perName + 50; at += 1) journal.tell(event("frame.refused"));
  journal.tell(event("long", { text: "x".repeat(JOURNAL_LIMITS.entryBytes) }));
  await journal.close();
  const { entries } = readJournal(directory);
  expect(entries.filter(({ name }) => name === "frame.refused")).toHaveLength(JOURNAL_LIMITS.perName);
  expect(entries.at(-1)).toMatchObject({ name: "long", fields: { leftOut: "too long" } });
});

it("drops and counts what a disk does not take, complains once, and goes on when it can", async () => {
  const place = join(directory, "state");
  writeFileSync(place, "a file where a directory should be");
  const journal = opened(place);
  journal.tell(event("lost"));
  journal.tell(event("lost"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  rmSync(place);
  journal.tell(event("kept"));
  await journal.close();
  const { entries } = readJournal(place);
  expect(entries.map(({ name }) => name)).toEqual(["kept", "journal.dropped"]);
  expect(entries[1]?.fields).toEqual({ entries: 2 });
  expect(log.events.filter((line) => line.event === "journal.write-failed")).toHaveLength(1);
});

it("never waits for the disk, and holds no more than it may", async () => {
  const journal = opened();
  const fields = { text: "x".repeat(1000) };
  const count = Math.ceil((3 * JOURNAL_LIMITS.waitingBytes) / 1000);
  for (let at = 0; at < count; at += 1) journal.tell(event(`flood.${at}`, fields));
  await journal.close();
  const { entries } = readJournal(directory);
  const dropped = entries.find(({ name }) => name === "journal.dropped")?.fields["entries"];
  expect(Number(dropped)).toBe(count - entries.filter(({ name }) => name.startsWith("flood.")).length);
  expect(Number(dropped)).toBeGreaterThan(0);
  expect(readFileSync(current()).length).toBeLessThan(2.2 * JOURNAL_LIMITS.waitingBytes);
});
