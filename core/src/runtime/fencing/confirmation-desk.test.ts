import { describe, expect, it } from "vitest";
import { ConfirmationDesk } from "./confirmation-desk.js";

describe("questions to a person", () => {
  it("about the same node are one question, answered together", async () => {
    const one = new ConfirmationDesk();
    const { signal } = new AbortController();
    const answers = [one.ask("two", signal), one.ask("two", signal)];
    expect(one.waiting()).toEqual(["two"]);
    expect(one.confirm("two")).toBe(true);
    expect(await Promise.all(answers)).toEqual([true, true]);
    expect(one.waiting()).toEqual([]);
  });

  it("are refused when they are aborted, also before they were asked", async () => {
    const one = new ConfirmationDesk();
    const aborting = new AbortController();
    const answer = one.ask("two", aborting.signal);
    aborting.abort();
    expect(await answer).toBe(false);
    expect(await one.ask("three", aborting.signal)).toBe(false);
    expect(one.waiting()).toEqual([]);
  });

  it("are not answered by what was said before, nor by what is said of another node", async () => {
    const one = new ConfirmationDesk();
    expect(one.confirm("two")).toBe(false);
    const aborting = new AbortController();
    const answer = one.ask("two", aborting.signal);
    one.confirm("three");
    aborting.abort();
    expect(await answer).toBe(false);
  });
});
