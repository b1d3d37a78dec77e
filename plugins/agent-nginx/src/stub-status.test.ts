// Is a page of stub_status told from others, and are dropped connections counted across a restart?
import { expect, test } from "vitest";
import { droppedSince, parseStubStatus } from "./stub-status.js";

const page = (accepts: number, handled: number): string =>
  `Active connections: 3 \nserver accepts handled requests\n ${accepts} ${handled} 31070465 \nReading: 0 Writing: 1 Waiting: 2 \n`;

test("reads nginx's page, and nothing else", () => {
  expect(parseStubStatus(page(20, 17))).toEqual({
    active: 3,
    accepts: 20,
    handled: 17,
    requests: 31_070_465,
  });
  for (const other of ["", "hello", "Active connections: 3", "<html>Active connections: 3 \nserver accepts"])
    expect(parseStubStatus(other)).toBeUndefined();
});

test("counts what was dropped since the last look; the first look and a restart count nothing", () => {
  const dropped = (before: string | undefined, now: string): number | undefined => {
    const figures = parseStubStatus(now);
    return figures && droppedSince(before === undefined ? undefined : parseStubStatus(before), figures);
  };
  expect(dropped(undefined, page(20, 17))).toBe(0);
  expect(dropped(page(20, 17), page(30, 27))).toBe(0);
  expect(dropped(page(20, 17), page(40, 32))).toBe(5);
  expect(dropped(page(20, 17), page(2, 1))).toBe(0);
});
