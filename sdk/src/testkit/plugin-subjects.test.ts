import { describe, expect, it } from "vitest";
import { CONTRACT_PORTS, contractFor, hasContract } from "./contracts.js";
import { MemoryStore } from "./memory-store.js";
import { defineSubjects, runSubjects } from "./plugin-subjects.js";

describe("the table of contracts", () => {
  it("has for each port the contract of that port, with cases whose ids are unique", () => {
    for (const port of CONTRACT_PORTS) {
      const contract = contractFor(port);
      const ids = contract.cases.map(({ id }) => id);
      expect([contract.port, contract.version]).toEqual([port, 1]);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("knows no contract of a port that only the host provides", () => {
    expect([hasContract("store"), hasContract("clock"), hasContract("toString")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it("runs the contract of every subject, and names port and provider", async () => {
  const whole = () => {
    const disk = new Map<string, Uint8Array>();
    return { open: () => new MemoryStore(disk) };
  };
  const subjects = defineSubjects({
    subjects: {
      store: {
        whole: { open: whole },
        forgetful: { open: () => ({ open: () => new MemoryStore() }) },
      },
    },
  });
  const reports = await runSubjects(subjects);
  const failures = reports.map(({ port, name, results }) => [
    port,
    name,
    results.filter(({ outcome }) => outcome === "failed").map(({ id }) => id),
  ]);
  expect(failures).toEqual([
    ["store", "whole", []],
    ["store", "forgetful", ["survives-restart"]],
  ]);
});
