// The contract passes a faultless medium, and each fault is caught by the cases that it names.
import { describe, expect, test } from "vitest";
import { transportCasesFor, transportContract, type TransportSubject } from "./transport-contract.js";
import { MemoryTransport, memorySubject, wrongTransports } from "./wrong-transports.js";

async function failingCases(subject: TransportSubject): Promise<readonly string[]> {
  const outcomes = await Promise.all(
    transportCasesFor(subject).map(async ({ id, run }) => {
      try {
        await run(subject);
        return undefined;
      } catch {
        return id;
      }
    }),
  );
  return outcomes.filter((id) => id !== undefined);
}

const faultless = memorySubject((hub) => new MemoryTransport(hub));

describe("transport contract", () => {
  test("ids are unique", () => {
    expect(new Set(transportContract.map(({ id }) => id)).size).toBe(transportContract.length);
  });

  test("cases that need two ends are left out for a medium that has one", () => {
    const ids = transportCasesFor({ ...faultless, offers: [] }).map(({ id }) => id);
    expect(ids).not.toContain("silent-before-start");
    expect(ids).toHaveLength(transportContract.length - 1);
  });

  for (const one of transportContract) {
    test(`passes a faultless medium: ${one.id}`, () => expect(one.run(faultless)).resolves.toBeUndefined());
  }

  for (const { name, subject, caughtBy } of wrongTransports) {
    test(`catches ${name}`, async () => {
      expect(await failingCases(subject)).toEqual(expect.arrayContaining([...caughtBy]));
    });
  }
});
