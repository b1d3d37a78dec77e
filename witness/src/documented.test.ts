import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { handler } from "./testing/documented.js";

it("docs/witness.md shows a witness that answers", async () => {
  const page = await readFile(new URL("../../docs/witness.md", import.meta.url), "utf8");
  const [, ...code] = (await readFile(new URL("testing/documented.ts", import.meta.url), "utf8")).split("\n");
  const asPublished = code
    .join("\n")
    .replace("../index.js", "@systole/witness")
    .replace("../etcd.js", "@systole/witness/etcd");
  expect(/```ts\n([\s\S]*?)```/.exec(page)?.[1]).toBe(asPublished);
  expect((await handler(new Request("https://witness.example/"))).status).toBe(405);
});
