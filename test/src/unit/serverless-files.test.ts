// The files that deploy the example's witness name what the code really exports and reads.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as workers from "@systole/witness/workers";

const file = (name: string): string =>
  readFileSync(new URL(`../../../examples/serverless-witness/${name}`, import.meta.url), "utf8");

interface Wrangler {
  readonly main: string;
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
  readonly migrations: readonly { readonly new_sqlite_classes: readonly string[] }[];
}

describe("wrangler.jsonc", () => {
  // JSON with comments and commas at the ends is YAML but for the comments' sign.
  const config = parse(file("wrangler.jsonc").replaceAll(/^\s*\/\/.*$/gm, "")) as Wrangler;

  it("uploads the worker, with the class of its objects", () => {
    expect(config.main).toBe("dist/worker.js");
    const exported = /export \{ (.*) \} from "@systole\/witness\/workers"/
      .exec(file("src/worker.ts"))?.[1]
      ?.split(", ");
    expect(exported).toEqual(["default", "LeaseObject"]);
    expect(Object.keys(workers)).toEqual(expect.arrayContaining(exported ?? []));
    expect(config.durable_objects.bindings).toEqual([
      { name: "SYSTOLE_WITNESS_LEASES", class_name: "LeaseObject" },
    ]);
    expect(config.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes)).toEqual([
      "LeaseObject",
    ]);
  });

  it("names every binding that the worker reads, and the secret in words", () => {
    const read = readFileSync(new URL("../../../witness/src/workers.ts", import.meta.url), "utf8");
    const required = [...read.matchAll(/readonly (SYSTOLE_\w+):/g)].map(([, name]) => name ?? "");
    expect(required.length).toBe(2);
    expect(required.filter((name) => !file("wrangler.jsonc").includes(name))).toEqual([]);
  });
});

describe("template.yaml", () => {
  const tags = ["Ref", "GetAtt", "Sub"].map((name) => ({
    tag: `!${name}`,
    resolve: (text: string) => ({ [name]: text }),
  }));
  const template = parse(file("template.yaml"), { customTags: tags }) as {
    readonly Parameters: Readonly<Record<string, unknown>>;
    readonly Resources: Readonly<
      Record<"Leases" | "Witness", { readonly Properties: Readonly<Record<string, unknown>> }>
    >;
  };
  const { Leases, Witness } = template.Resources;

  it("calls the handler that the function exports, with the variables that it reads", () => {
    const code = file("src/function.ts");
    expect(Witness.Properties["Handler"]).toBe("function.handler");
    expect(code).toContain("export const handler =");
    const { Variables } = Witness.Properties["Environment"] as {
      readonly Variables: Readonly<Record<string, unknown>>;
    };
    expect(Variables).toEqual({
      SYSTOLE_WITNESS_SECRET: { Ref: "Secret" },
      SYSTOLE_WITNESS_TABLE: { Ref: "Leases" },
    });
    expect(Object.keys(Variables).filter((name) => !code.includes(name))).toEqual([]);
    expect(Object.keys(template.Parameters)).toEqual(["Secret"]);
  });

  it("makes the table that the store wants, and allows what it does and nothing else", () => {
    const store = readFileSync(new URL("../../../witness/src/dynamodb.ts", import.meta.url), "utf8");
    expect(Leases.Properties["KeySchema"]).toEqual([{ AttributeName: "cluster", KeyType: "HASH" }]);
    const policy = JSON.stringify(Witness.Properties["Policies"]);
    const allowed = [...policy.matchAll(/dynamodb:(\w+)/g)].map(([, name]) => name ?? "");
    const used = [...new Set([...store.matchAll(/new (\w+)Command/g)].map(([, name]) => name ?? ""))];
    expect(allowed.toSorted()).toEqual(used.toSorted());
  });

  it("lets everybody ask: the signature is the authentication", () => {
    expect(Witness.Properties["FunctionUrlConfig"]).toEqual({ AuthType: "NONE" });
    expect(JSON.stringify(Witness.Properties["Events"])).toContain("systole/witness/ask");
  });
});
