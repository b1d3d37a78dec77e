import { describe, expect, it } from "vitest";
import { runContract, type ContractCase } from "./contract.js";
import { expectCode, expectEqual, expectThat } from "./expectations.js";

const cases: readonly ContractCase<{ readonly value: number }>[] = [
  { id: "good", name: "is good", run: async ({ value }) => expectEqual(value, 7, "value") },
  { id: "bad", name: "is bad", run: async ({ value }) => expectThat(value === 8, "value is not 8") },
  { id: "hangs", name: "hangs", run: () => new Promise(() => undefined) },
  { id: "rich", name: "wants more", needs: ["wings", "fins"], run: async () => undefined },
];

describe("runContract", () => {
  it("reports each case, opens a subject for each that applies, and closes it in any case", async () => {
    let open = 0;
    let opened = 0;
    const results = await runContract(
      cases,
      () => {
        open += 1;
        opened += 1;
        return { value: 7 };
      },
      { offers: ["wings"], timeoutMs: 20, close: () => void (open -= 1) },
    );
    expect(results.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
      ["good", "passed", undefined],
      ["bad", "failed", "value is not 8"],
      ["hangs", "failed", "did not end within 20 ms"],
      ["rich", "not-applicable", "needs wings, fins"],
    ]);
    // The hanging case never gave its subject back.
    expect([opened, open]).toEqual([3, 1]);
  });

  it("takes a subject that cannot be opened for a failed case", async () => {
    const [result] = await runContract(cases.slice(0, 1), () => Promise.reject(new Error("no subject")));
    expect(result).toMatchObject({ outcome: "failed", reason: "no subject" });
  });
});

describe("expectations", () => {
  it("compare bytes by content", () => {
    expectEqual({ a: Uint8Array.of(1, 255) }, { a: new Uint8Array([1, 255]) }, "same");
    expect(() => expectEqual(Uint8Array.of(1), Uint8Array.of(2), "bytes")).toThrow(
      'bytes: expected "bytes 02", got "bytes 01"',
    );
    expect(() => expectEqual(undefined, null, "nothing")).toThrow("nothing: expected null, got undefined");
  });

  it("want the very code", async () => {
    const coded = (code: string) => Promise.reject(Object.assign(new Error("x"), { code }));
    await expectCode(coded("STORE_FAILED"), "STORE_FAILED", "write");
    await expect(expectCode(coded("OTHER"), "STORE_FAILED", "write")).rejects.toThrow(
      /expected STORE_FAILED, OTHER/,
    );
    await expect(expectCode(Promise.resolve(), "STORE_FAILED", "write")).rejects.toThrow(/it resolved/);
  });
});
