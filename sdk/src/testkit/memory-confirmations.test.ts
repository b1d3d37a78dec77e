import { expect, it } from "vitest";
import { MemoryConfirmations } from "./memory-confirmations.js";

const live = (): AbortSignal => new AbortController().signal;

it("one answer is for every question about the node, and for no later one", async () => {
  const person = new MemoryConfirmations();
  const both = Promise.all([person.ask("one", live()), person.ask("one", live())]);
  const other = person.ask("two", live());
  expect(person.asked).toEqual(["one", "two"]);
  person.answer("one", true);
  expect(await both).toEqual([true, true]);
  expect(person.asked).toEqual(["two"]);
  person.answer("two", false);
  expect(await other).toBe(false);
  expect(person.answer("one", true)).toBe(false);
});

it("a question ends with its signal, also with one that had aborted before", async () => {
  const person = new MemoryConfirmations();
  const patience = new AbortController();
  const asked = person.ask("one", patience.signal);
  patience.abort();
  expect(await asked).toBe(false);
  expect(await person.ask("one", patience.signal)).toBe(false);
  expect(person.asked).toEqual([]);
});
