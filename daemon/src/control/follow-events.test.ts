// Does who follows events get them all, in order, or is told how many it missed? And does it cost nobody else anything?
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RecentEntries } from "../journal/recent-entries.js";
import { ControlRoom } from "../testkit/control-room.js";
import { MAX_EVENTS_WAITING, MAX_FOLLOWERS } from "./protocol.js";

let room: ControlRoom;
let events: RecentEntries;
let seq = 0;
const sockets: Socket[] = [];

beforeEach(async () => {
  room = new ControlRoom();
  events = new RecentEntries();
  seq = 0;
  await room.open(true, events);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await room.close();
});

function happens(text = ""): void {
  seq += 1;
  const time = new Date(0).toISOString();
  events.add({ seq, time, node: "alpha", level: "info", name: "x", fields: { text } });
}

function follower(afterSeq?: number): { readonly socket: Socket; readonly lines: () => readonly unknown[] } {
  const socket = connect(room.path);
  sockets.push(socket);
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  socket.write(`${JSON.stringify({ command: "events", afterSeq })}\n`);
  const lines = () =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
  return { socket, lines };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const seqs = (lines: readonly unknown[]) =>
  lines.slice(1).map((line) => (line as { entry?: { seq: number }; missed?: number }).entry?.seq ?? line);

it("tells what came after a number, and then what comes, until the daemon ends", async () => {
  for (let at = 0; at < 3; at += 1) happens();
  const { socket, lines } = follower(1);
  await until(() => lines().length === 3);
  happens();
  await until(() => lines().length === 4);
  expect(lines()[0]).toMatchObject({ ok: true });
  expect(seqs(lines())).toEqual([2, 3, 4]);
  const closed = new Promise<void>((resolve) => void socket.once("close", () => resolve()));
  await room.close();
  await closed;
  room = new ControlRoom();
});

it("says how many are forgotten already", async () => {
  seq = 40;
  happens();
  const { lines } = follower(10);
  await until(() => lines().length === 3);
  expect(seqs(lines())).toEqual([{ missed: 30 }, 41]);
});

it("leaves out and counts what a slow reader does not take, and goes on in order", async () => {
  const { socket, lines } = follower();
  await until(() => lines().length === 1);
  socket.pause();
  const count = 4 * MAX_EVENTS_WAITING;
  for (let at = 0; at < count; at += 1) happens("x".repeat(4000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.resume();
  await until(() => JSON.stringify(lines().at(-1)).includes("missed"));
  happens();
  await until(() => seqs(lines()).at(-1) === count + 1);
  const told = seqs(lines());
  const missed = (told.at(-2) as { missed: number }).missed;
  expect(missed).toBeGreaterThan(0);
  expect(told.slice(0, -2)).toEqual(Array.from({ length: count - missed }, (_, at) => at + 1));
});

it("refuses a follower too many, and still answers questions", async () => {
  const all = Array.from({ length: MAX_FOLLOWERS }, () => follower());
  await until(() => all.every(({ lines }) => lines().length === 1));
  const one = follower();
  await until(() => one.lines().length === 1);
  expect(one.lines()[0]).toMatchObject({ ok: false, code: "busy" });
  expect(await room.talk('{"command":"ping"}\n')).toContain('"ok":true');
  all[0]?.socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const next = follower();
  await until(() => next.lines().length === 1);
  expect(next.lines()[0]).toMatchObject({ ok: true });
});
