// docs/reliability.md has every class of both catalogues once, with the words and the cluster of the code.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  ABSENT_CLASSES,
  FENCED_CLASSES,
  HEARTBEATS,
  PACEMAKERS,
  PLAIN_CLASSES,
} from "../lab/cts/catalogue.js";
import { LAB_ALONE, SIM_CLASSES } from "../sim/cts/catalogue.js";

const PAGE = readFileSync(new URL("../../../docs/reliability.md", import.meta.url), "utf8");
const [head = [], , ...rows] = PAGE.slice(PAGE.indexOf("<!-- classes -->"), PAGE.indexOf("<!-- /classes -->"))
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const namesOf = (source: "heartbeat" | "Pacemaker"): readonly string[] =>
  rows.flatMap(([name = "", of]) => (of === source || of === "both" ? [name] : []));

describe("docs/reliability.md", () => {
  it("has a row for each of the 31 classes of heartbeat and each of the 22 of Pacemaker", () => {
    expect(head).toEqual(["class", "of", "what is done", "in the lab", "in the simulator", "result"]);
    expect([HEARTBEATS.length, PACEMAKERS.length]).toEqual([31, 22]);
    expect(namesOf("heartbeat").toSorted()).toEqual(HEARTBEATS.toSorted());
    expect(namesOf("Pacemaker").toSorted()).toEqual(PACEMAKERS.toSorted());
    expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
  });

  it("says of each what is done, or why it is not, as the code does", () => {
    const known = [
      ...PLAIN_CLASSES.map(({ name, source, what }) => [name, source, what, "cts-plain"]),
      ...FENCED_CLASSES.map(({ name, source, what }) => [name, source, what, "cts-fenced"]),
      ...ABSENT_CLASSES.map(({ name, source, why }) => [name, source, why, "–"]),
    ];
    const told = rows.map(([name, of, what, lab = ""]) => [name, of, what, lab.split(",")[0]]);
    const byName = (a: readonly unknown[], b: readonly unknown[]): number =>
      String(a[0]) < String(b[0]) ? -1 : 1;
    expect(told.toSorted(byName)).toEqual(known.toSorted(byName));
  });

  it("says of each whether it is done in the simulator", () => {
    const simulated = rows.flatMap(([name = "", , , , simulator = ""]) => (simulator === "–" ? [] : [name]));
    expect(simulated.toSorted()).toEqual(SIM_CLASSES.map(({ name }) => name).toSorted());
    const known = new Map(rows.map(([name, of]) => [name, of]));
    expect(SIM_CLASSES.filter(({ name, of }) => known.get(name) !== of)).toEqual([]);
    const absent = ABSENT_CLASSES.map(({ name }) => name);
    const elsewhere = rows.flatMap(([name = ""]) =>
      simulated.includes(name) || absent.includes(name) ? [] : [name],
    );
    expect(elsewhere).toEqual([...LAB_ALONE.keys()]);
  });

  it("has a result in every row", () => {
    expect(rows.filter((cells) => cells.length !== 6 || cells.some((cell) => cell === ""))).toEqual([]);
  });
});
