import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textMessage } from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";
import { decodeReport, encodeReport, REPORT_FIELD, type NodeReport } from "./report.js";

const WELL = { failed: false, exhausted: false, down: false, fence: false, failures: [] } as const;
const FAILED = { failed: true, exhausted: true, down: true, fence: true, failures: [0, 3] } as const;

describe("a report", () => {
  const report: NodeReport = {
    ready: true,
    pings: 2,
    unheard: ["cluster1"],
    groups: new Map([
      ["10.0.0.1", { claim: { epoch: 3, owner: "master" }, state: "started", ...WELL, why: "" }],
      [
        "10.0.0.2",
        { claim: { epoch: 0, owner: undefined }, state: "stopped", ...FAILED, why: "", reason: "broken" },
      ],
    ]),
  };

  it("survives the wire", () => {
    expect(decodeReport(textMessage({ [REPORT_FIELD]: encodeReport(report) }))).toEqual(report);
  });

  it("carries reasons without control characters and without end", () => {
    const reason = `line\n\u0000${"x".repeat(5000)}`;
    const groups = new Map([
      ["k", { claim: { epoch: 1, owner: "a" }, state: "stopped" as const, ...FAILED, why: "", reason }],
    ]);
    const text = encodeReport({ ready: true, pings: 0, groups });
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(text.length).toBeLessThan(500);
  });

  it.each([
    "",
    "{",
    "[]",
    "null",
    '{"v":2,"groups":[]}',
    '{"v":1}',
    '{"v":1,"groups":[["k",-1,"a","started",0]]}',
  ])("%j is not understood", (text) => {
    expect(decodeReport(textMessage({ [REPORT_FIELD]: text }))).toBeUndefined();
  });

  it("of 256 groups that all failed still fits into one datagram, and is understood", () => {
    const failed = {
      claim: { epoch: 9, owner: "master" },
      state: "stopped",
      ...FAILED,
      why: "x".repeat(200),
      reason: "x".repeat(200),
    } as const;
    const groups = new Map(
      Array.from({ length: 256 }, (_, index) => [`10.10.${index}.220/24/eth0:${index}`, failed]),
    );
    const text = encodeReport({ ready: true, pings: 0, groups });
    expect(text.length).toBeLessThan(LIMITS.reportBytes);
    expect(decodeReport(textMessage({ [REPORT_FIELD]: text }))?.groups.size).toBe(256);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => decodeReport(textMessage({ [REPORT_FIELD]: text }))).not.toThrow();
      }),
    );
  });
});
