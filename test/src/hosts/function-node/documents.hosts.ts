// The functions of docs/node-in-a-function.md are what they seem: they are bundled for their hosts, and the Worker runs.
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { expect, it } from "vitest";
import { bundle } from "../bundle.js";
import { startWorkerd, workerdMissing } from "../workerd.js";

const PAGE = readFileSync(new URL("../../../../docs/node-in-a-function.md", import.meta.url), "utf8");
const missing = workerdMissing();

function block(name: string): string {
  const found = [...PAGE.matchAll(/```ts\n([^`]*(?:`[^`\n]*`[^`]*)*?)```/g)].map(([, text = ""]) => text);
  return found.find((text) => text.startsWith(`// ${name}`)) ?? "";
}

it("the function for Lambda is bundled, and needs nothing but AWS's client, which Lambda has", async () => {
  const text = await bundle({
    entry: block("lambda.ts"),
    for: "node",
    outside: ["@aws-sdk/client-dynamodb"],
  });
  const imported = [...text.matchAll(/^import .* from "([^"]+)"/gm)].map(([, name]) => name);
  expect(imported.filter((name) => !builtinModules.includes(name?.replace("node:", "") ?? ""))).toEqual([
    "@aws-sdk/client-dynamodb",
  ]);
  expect(text).toMatch(/export \{[^}]*handler/);
});

it.runIf(missing === undefined || process.env["CI"] === "true")(
  "the Worker is bundled without anything of Node, runs, and answers nobody without a signature",
  async () => {
    const host = await startWorkerd({
      script: await bundle({ entry: block("worker.ts"), for: "workers" }),
      durableObjects: { NODE: "SystoleNode" },
      bindings: { CALL_KEY: "k".repeat(32), FRAME_KEY: "secret", DNS_API: "http://127.0.0.1:9" },
    });
    const answer = await host.fetch("/frames", { method: "POST", body: "{}" });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: "the signature is wrong" });
    await host.close();
  },
);
