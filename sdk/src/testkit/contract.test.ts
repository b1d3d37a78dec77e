import { describe, expect, it } from "vitest";
import { runContract, type Contract } from "./contract.js";
import { expectCode, expectEqual, expectThat } from "./expectations.js";

const contract: Contract<{ readonly value: number }> = {
  port: "toy",
  version: 1,
  offers: () => ["wings"],
  cases: [
    { id: "good", name: "is good", run: async ({ value }) => expectEqual(value, 7, "value") },
    { id: "bad", name: "is bad", run: async ({ value }) => expectThat(value === 8, "value is not 8") },
    { id: "hangs", name: "hangs", run: () => new Promise(() => undefined) },
    { id: "rich", name: "wants more", needs: ["wings", "fins"], run: async () => undefined },
  ],
};

describe("runContract", () => {
  it("reports each case, opens a subject for each, and closes it in any case", async () => {
    let open = 0;
    let opened = 0;
    const results = await runContract(contract, {
      open: () => {
        open += 1;
        opened += 1;
        return { value: 7 };
      },
      close: () => void (open -= 1),
      timeoutMs: 20,
    });
    expect(results.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
      ["good", "passed", undefined],
      ["bad", "failed", "value is not 8"],
      ["hangs", "failed", "the case did not end within 20 ms"],
      ["rich", "not-applicable", "needs fins"],
    ]);
    expect([opened, open]).toEqual([4, 0]);
  });

  it("takes a subject that cannot be opened or closed for a failed case", async () => {
    const failing = { ...contract, cases: contract.cases.slice(0, 1) };
    const [unopened] = await runContract(failing, { open: () => Promise.reject(new Error("no subject")) });
    expect(unopened).toMatchObject({ outcome: "failed", reason: "no subject" });
    const leaking = () => Promise.reject(new Error("a timer is left"));
    const [unclosed] = await runContract(failing, { open: () => ({ value: 7 }), close: leaking });
    expect(unclosed).toMatchObject({ outcome: "failed", reason: "a timer is left" });
  });

  it("opens nothing where the machine cannot run the contract", async () => {
    const results = await runContract(contract, {
      open: () => Promise.reject(new Error("opened")),
      unavailable: () => "needs root",
    });
    expect(new Set(results.map(({ outcome, reason }) => `${outcome}: ${reason}`))).toEqual(
      new Set(["not-applicable: needs root"]),
    );
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
