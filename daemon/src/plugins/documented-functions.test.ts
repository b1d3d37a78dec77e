// Every example of a function in the documentation is a configuration that is accepted, and the agents and notifiers that it
// uses are provided.
import { readFileSync } from "node:fs";
import { Clock, FenceDevice, Logger, Notifier, ResourceAgent } from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SystoleYaml } from "../config/systole-yaml/schema.js";
import { loadConfig } from "../config/load-config.js";
import { compositionProblems } from "../testkit/documented-plugins.js";
import { makeHaDirectory, seedMachine } from "../testkit/seed-files.js";

const PAGES = [
  "docs/functions.md",
  "plugins/agent-function/README.md",
  "plugins/fence-function/README.md",
  "plugins/notifier-function/README.md",
];

function textOf(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
}

function examples(page: string): readonly string[] {
  return [...textOf(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example = ""]) => example);
}

describe("an example of a function", () => {
  const all = PAGES.flatMap((page) => examples(page).map((text, index) => ({ page, index, text })));

  it.each(all)("number $index in $page is accepted", async ({ text }) => {
    const { plugins = [], fence = [], notifiers = [], resources = {} } = SystoleYaml.parse(parse(text));
    const agents = Object.values(resources).flatMap(({ agent }) => agent ?? []);
    const required = [
      { port: FenceDevice, names: fence },
      { port: Notifier, names: notifiers },
      { port: ResourceAgent, names: agents },
    ];
    const problems = await compositionProblems(plugins, required, [Clock, Logger]);
    expect([...fence, ...notifiers, ...agents]).not.toEqual([]);
    expect(problems).toEqual([]);
  });

  it("is on every page", () => {
    expect(PAGES.filter((page) => examples(page).length === 0)).toEqual([]);
  });
});

describe("docs/functions.md", () => {
  it("shows a systole.yaml with which the word in haresources is a resource", () => {
    const [yaml] = examples("docs/functions.md");
    const directory = makeHaDirectory({ "systole.yaml": yaml, haresources: "master elastic-ip\n" });
    const { model, problems } = loadConfig({ haDirectory: directory.path, machine: seedMachine() });
    directory.remove();
    expect(problems).toEqual([]);
    expect(model?.groups[0]?.resources).toMatchObject([
      { name: "elastic-ip", agent: "function:elastic-ip", rules: { monitorEveryMs: 30_000 } },
    ]);
    expect(model?.resources).toMatchObject([{ parameters: { allocation: "eipalloc-0e" } }]);
    expect(model?.providers).toMatchObject({ fenceDevices: ["power"], notifiers: ["pager"] });
  });

  const files = [...textOf("docs/functions.md").matchAll(/<!-- file (\S+) -->\n\n```ts\n([\s\S]*?)```/g)];

  it.each(files.map(([, path = "", shown = ""]) => ({ path, shown })))(
    "shows $path as it is",
    ({ path, shown }) => {
      expect(shown).toBe(textOf(path));
    },
  );

  it("shows a file, and the line that serves it is in one", () => {
    expect(files).toHaveLength(2);
    expect(textOf("examples/cloud-functions/src/aws/index.ts")).toContain("export default serve(plugin);");
  });
});

describe("what is deployed", () => {
  interface Policy {
    readonly Statement: readonly { readonly Action: readonly string[] }[];
  }
  const DEPLOY = "examples/cloud-functions/deploy";
  const policy = JSON.parse(textOf(`${DEPLOY}/aws-policy.json`)) as Policy;

  it("may do at AWS what the function asks for, and nothing else", () => {
    const code = ["elastic-ip", "private-address", "instance"].map((name) =>
      textOf(`examples/cloud-functions/src/aws/${name}.ts`),
    );
    const used = [...code.join("").matchAll(/new (\w+)Command\(/g)].map(([, name = ""]) => `ec2:${name}`);
    const allowed = policy.Statement.flatMap(({ Action }) => Action);
    expect(allowed.toSorted()).toEqual([...new Set(used)].toSorted());
  });

  it("has the same rights in the template, and a configuration that can be read", () => {
    const template = parse(textOf(`${DEPLOY}/aws-sam.yaml`)) as {
      readonly Resources: { readonly Addresses: { readonly Properties: Readonly<Record<string, unknown>> } };
    };
    const { Properties } = template.Resources.Addresses;
    expect(Properties).toMatchObject({ Policies: [policy], Handler: "index.default.handler" });
    const { Variables } = Properties["Environment"] as { Variables: Record<string, string> };
    expect(JSON.parse(Variables["SYSTOLE_CONFIG"] ?? "")).toHaveProperty("nodes");
    const wrangler = JSON.parse(textOf(`${DEPLOY}/wrangler.json`)) as { vars: Record<string, string> };
    expect(JSON.parse(wrangler.vars["SYSTOLE_CONFIG"] ?? "")).toHaveProperty("nodes");
  });
});
