// The table that people read is the table that decides.
import { expect, it } from "vitest";
import { ISOLATION_ROWS } from "@systole/core/engine";
import { textOf } from "./repository.js";

const FIELDS = ["self", "sight", "quorum", "carrier", "isolation"] as const;

it("docs/partitions.md prints the table of isolation, row by row", () => {
  const printed = textOf("docs/partitions.md")
    .split("\n")
    .filter((line) => /^\| `[a-z-]+` \|.*\| (yes|no|unchanged) \|/.test(line));
  const rows = ISOLATION_ROWS.map(({ id, when, serve, take }) => {
    const cells = FIELDS.map((field) => when[field]?.join(", ") ?? "–");
    return `| ${[`\`${id}\``, ...cells, serve, take].join(" | ")} |`;
  });
  expect(printed).toEqual(rows);
});
