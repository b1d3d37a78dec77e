// The figure that safety is judged by, on hand-made sights: it must not flatter and not slander.
import { beforeEach, describe, expect, it } from "vitest";
import { OwnerLog } from "../lab/safety/owner-log.js";

const HAS = { configured: true, answers: true };
const SILENT = { configured: true, answers: false };
const NOTHING = { configured: false, answers: false };

describe("the longest time with two owners", () => {
  let log: OwnerLog;

  beforeEach(() => {
    log = new OwnerLog();
    log.add("one", { atMs: 0, ...HAS });
    log.add("two", { atMs: 0, ...NOTHING });
  });

  it("is 0 while one answers", () => {
    expect(log.longestWithTwo("answers", 0, 1000)).toBe(0);
    expect(log.answering()).toEqual(["one"]);
  });

  it("runs from the second's first answer to the first's last", () => {
    log.add("two", { atMs: 300, ...HAS });
    log.add("one", { atMs: 450, ...NOTHING });
    expect(log.longestWithTwo("answers", 0, 1000)).toBe(150);
    expect(log.changedMs()).toBe(450);
  });

  it("is the longest of several, not their sum, and lasts to the end while both answer", () => {
    log.add("two", { atMs: 100, ...HAS });
    log.add("two", { atMs: 200, ...NOTHING });
    log.add("two", { atMs: 700, ...HAS });
    expect(log.longestWithTwo("answers", 0, 1000)).toBe(300);
    expect(log.answering()).toEqual(["one", "two"]);
  });

  it("counts only what lies in the time asked for", () => {
    log.add("two", { atMs: 100, ...HAS });
    log.add("two", { atMs: 900, ...NOTHING });
    expect(log.longestWithTwo("answers", 400, 600)).toBe(200);
    expect(log.longestWithTwo("answers", 900, 1000)).toBe(0);
  });

  it("does not end when somebody is seen again as before, late", () => {
    log.add("two", { atMs: 100, ...HAS });
    log.add("one", { atMs: 500, ...HAS, blindMs: 80 });
    expect(log.longestWithTwo("answers", 0, 1000)).toBe(900);
    expect(log.longestBlind(0, 1000)).toBe(80);
    expect(log.longestBlind(600, 1000)).toBe(0);
    expect(log.changedMs()).toBe(100);
  });

  it("tells an address that is configured from one that answers", () => {
    log.add("two", { atMs: 100, ...SILENT });
    expect(log.longestWithTwo("answers", 0, 1000)).toBe(0);
    expect(log.longestWithTwo("configured", 0, 1000)).toBe(900);
  });
});
