import { describe, expect, it } from "vitest";
import { ROWS, rowFor, type Situation } from "./table.js";

const ALONE: Situation = {
  self: "present",
  sight: "none",
  quorum: "none",
  carrier: "up",
  isolation: "hold",
};

type Expected = readonly [rule: string, serve: string, take: string];

const CASES: readonly (readonly [string, Partial<Situation>, Expected])[] = [
  ["back from a freeze", { self: "returned" }, ["returned", "no", "no"]],
  [
    "back from a freeze, whatever the quorum says",
    { self: "returned", quorum: "granted" },
    ["returned", "no", "no"],
  ],
  ["back, and the others are heard", { self: "returned", sight: "all" }, ["in-company", "yes", "yes"]],
  ["beside the others, denied", { sight: "all", quorum: "denied" }, ["in-company", "yes", "yes"]],
  [
    "beside the others, the quorum is gone",
    { sight: "all", quorum: "unreachable", isolation: "release" },
    ["in-company", "yes", "yes"],
  ],
  ["with a part of them, denied", { sight: "some", quorum: "denied" }, ["outvoted", "no", "no"]],
  ["with a part of them, granted", { sight: "some", quorum: "granted" }, ["in-part", "yes", "yes"]],
  ["with a part of them, nobody to ask", { sight: "some", isolation: "release" }, ["in-part", "yes", "yes"]],
  [
    "with a part of them, not answered yet",
    { sight: "some", quorum: "asked", isolation: "release" },
    ["in-part-asked", "unchanged", "no"],
  ],
  [
    "with a part of them, no answer, release",
    { sight: "some", quorum: "unreachable", isolation: "release" },
    ["in-part-released", "no", "no"],
  ],
  [
    "with a part of them, no answer, fence",
    { sight: "some", quorum: "unreachable", isolation: "fence" },
    ["in-part-fencing", "yes", "after a fence"],
  ],
  [
    "with a part of them, no answer, hold",
    { sight: "some", quorum: "unreachable" },
    ["in-part", "yes", "yes"],
  ],
  ["alone and denied, hold", { quorum: "denied" }, ["denied", "no", "no"]],
  ["alone and denied, fence", { quorum: "denied", isolation: "fence" }, ["denied", "no", "no"]],
  ["alone and granted", { quorum: "granted", isolation: "release" }, ["granted", "yes", "yes"]],
  [
    "alone and granted, without carrier",
    { quorum: "granted", isolation: "release", carrier: "lost" },
    ["granted", "yes", "yes"],
  ],
  [
    "alone and granted, fence",
    { quorum: "granted", isolation: "fence" },
    ["granted-fence", "yes", "after a fence"],
  ],
  ["no carrier, release", { carrier: "lost", isolation: "release" }, ["cut-off", "no", "no"]],
  [
    "no carrier, release, not answered yet",
    { carrier: "lost", isolation: "release", quorum: "asked" },
    ["cut-off", "no", "no"],
  ],
  ["no carrier, hold", { carrier: "lost" }, ["cut-off-held", "yes", "no"]],
  ["no carrier, fence", { carrier: "lost", isolation: "fence" }, ["cut-off-held", "yes", "no"]],
  ["not answered yet", { quorum: "asked", isolation: "release" }, ["asked", "unchanged", "no"]],
  ["nobody to ask, release", { quorum: "unreachable", isolation: "release" }, ["released", "no", "no"]],
  ["no quorum at all, release", { isolation: "release" }, ["released", "no", "no"]],
  [
    "nobody to ask, fence",
    { quorum: "unreachable", isolation: "fence" },
    ["fencing", "yes", "after a fence"],
  ],
  ["nobody to ask, hold", { quorum: "unreachable" }, ["held", "yes", "yes"]],
  ["no quorum, as heartbeat", {}, ["held", "yes", "yes"]],
];

const every: readonly Situation[] = (["present", "returned"] as const).flatMap((self) =>
  (["all", "some", "none"] as const).flatMap((sight) =>
    (["none", "asked", "granted", "denied", "unreachable"] as const).flatMap((quorum) =>
      (["up", "lost"] as const).flatMap((carrier) =>
        (["hold", "release", "fence"] as const).map((isolation) => ({
          self,
          sight,
          quorum,
          carrier,
          isolation,
        })),
      ),
    ),
  ),
);

describe("the table of isolation", () => {
  it.each(CASES)("%s", (_name, changes, [rule, serve, take]) => {
    expect(rowFor({ ...ALONE, ...changes })).toMatchObject({ id: rule, serve, take });
  });

  it("has a case for each of its rows", () => {
    const tested = CASES.map(([, , [rule]]) => rule);
    expect(ROWS.map(({ id }) => id).filter((id) => !tested.includes(id))).toEqual([]);
  });

  it("has an answer for every situation", () => {
    expect(every).toHaveLength(2 * 3 * 5 * 2 * 3);
    for (const situation of every) expect(rowFor(situation).why).not.toBe("");
  });

  it.each<readonly [string, (situation: Situation) => boolean, Partial<Record<"serve" | "take", string>>]>([
    ["takes nothing where it does not serve", (one) => rowFor(one).serve === "no", { take: "no" }],
    [
      "takes nothing without carrier, unless the quorum is with it",
      ({ sight, carrier, quorum }) => sight === "none" && carrier === "lost" && quorum !== "granted",
      { take: "no" },
    ],
    ["serves whoever hears all the others", ({ sight }) => sight === "all", { serve: "yes" }],
    [
      "serves nobody who is alone and denied",
      ({ sight, quorum }) => sight === "none" && quorum === "denied",
      { serve: "no" },
    ],
  ])("%s", (_name, concerns, expected) => {
    const rows = every.filter(concerns).map(rowFor);
    expect(rows.length).toBeGreaterThan(0);
    expect(
      rows.filter((row) => Object.entries(expected).some(([key, value]) => row[key as "take"] !== value)),
    ).toEqual([]);
  });
});
