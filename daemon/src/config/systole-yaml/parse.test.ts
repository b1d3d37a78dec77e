import { readFileSync } from "node:fs";
import transportHttp from "@systole/transport-http";
import { describe, expect, it } from "vitest";
import { parseSystoleYaml } from "./parse.js";
import { SYSTOLE_YAML_LIMITS, systoleYamlJsonSchema } from "./schema.js";

/** The example of the page that people read. */
const WHOLE = /<!-- beside -->\n```yaml\n([^`]*)```/.exec(
  readFileSync(new URL("../../../../docs/systole-yaml.md", import.meta.url), "utf8"),
)?.[1];

/** `line:column code message` of everything that is wrong. */
function problemsOf(text: string): readonly string[] {
  return parseSystoleYaml(text, "systole.yaml").problems.map(
    ({ line, column, code, message }) => `${line}:${column} ${code} ${message}`,
  );
}

describe("systole.yaml", () => {
  it("is read with times in milliseconds and parameters as they stand there", () => {
    const { value, problems } = parseSystoleYaml(WHOLE ?? "", "systole.yaml");
    expect(problems).toEqual([]);
    expect(value.settings).toMatchObject({
      plugins: [{ use: "@acme/systole-transport-carrier", with: { port: 6940 } }, { use: "./queue" }],
      transports: ["carrier:lab"],
      defaults: {
        monitor: { every: 10_000 },
        timeouts: { start: 60_000, stop: 90_000, monitor: 20_000 },
        "failure-timeout": 600_000,
      },
      resources: {
        "10.10.180.220/24/eth0:0": { monitor: { every: 500 } },
        nginx: { parameters: { warm: "true", drain: "5s" } },
      },
    });
    const line = 1 + (WHOLE ?? "").split("\n").indexOf("  nginx:");
    expect(value.place("resources", "nginx")).toEqual({ line, column: 3 });
  });

  it("is read as the page about a node in a function has it, and its plugin understands its part", async () => {
    const page = readFileSync(new URL("../../../../docs/node-in-a-function.md", import.meta.url), "utf8");
    const text = /```yaml\n([^`]*)```/.exec(page)?.[1] ?? "";
    const { value, problems } = parseSystoleYaml(text, "systole.yaml");
    expect(problems).toEqual([]);
    expect(value.settings).toMatchObject({
      transports: ["http:cloud"],
      quorum: ["majority"],
      isolation: "release",
    });
    const part = value.settings.plugins?.[0];
    expect(part).toMatchObject({ use: transportHttp.name });
    expect(await transportHttp.config?.["~standard"].validate(part?.with)).toMatchObject({
      value: { links: { cloud: { cluster: "shop", everyMs: 500 } } },
    });
  });

  it("hands parameters on as they stand, not as numbers", () => {
    const text = "resources:\n  share: { parameters: { mode: 0755, size: 1e3 } }\n";
    const parameters = { mode: "0755", size: "1e3" };
    expect(parseSystoleYaml(text, "systole.yaml").value.settings.resources).toEqual({
      share: { parameters },
    });
  });

  it.each(["", "# nothing yet\n", "{}\n"])("may say nothing: %j", (text) => {
    expect(parseSystoleYaml(text, "systole.yaml")).toMatchObject({ value: { settings: {} }, problems: [] });
  });

  it("shows every problem at its place, with what to write instead", () => {
    const text = [
      "notifier: [pager]",
      "transports: carrier",
      "plugins:",
      "  - with: { a: 1 }",
      "defaults:",
      "  monitor: { every: 10 }",
      "  on-fail: reboot",
      "  migration-treshold: 3",
      "resources:",
      "  nginx: { timeouts: { start: 0ms } }",
      "  queue:",
    ].join("\n");
    expect(problemsOf(text)).toEqual([
      "4:5 yaml.missing-key `plugins[0]` has no `use`; write the package's name, such as `@acme/systole-agent-queue`, or a path such as `./queue`",
      '2:13 yaml.invalid-value `transports` is "carrier"; write a list, each entry behind a `-` or all of them as `[one, two]`',
      "6:21 yaml.invalid-value `defaults.monitor.every` is 10; write a time with its unit, such as `500ms`, `2s` or `10m`",
      '7:12 yaml.invalid-value `defaults.on-fail` is "reboot"; write one of: restart, move, stop, ignore, fence',
      '8:3 yaml.unknown-key there is no key "migration-treshold" in `defaults`; did you mean "migration-threshold"?',
      '10:31 yaml.invalid-value `resources.nginx.timeouts.start` is "0ms"; write at least `1ms`',
      "11:9 yaml.invalid-value `resources.queue` is empty; write keys with their values below it, indented",
      '1:1 yaml.unknown-key there is no key "notifier" in this file; did you mean "notifiers"?',
    ]);
  });

  it.each([
    ["a tab", "defaults:\n\tmonitor: {}\n", "2:1"],
    ["a key twice", "fence: [a]\nfence: [b]\n", "2:1"],
    ["an open bracket", "fence: [a\n", "2:1"],
    ["two documents", "fence: [a]\n---\nfence: [b]\n", "2:1"],
    ["a tag that nobody knows", "fence: !secret [a]\n", "1:8"],
  ])("says where it is not YAML: %s", (_what, text, place) => {
    const found = problemsOf(text);
    expect(found[0]).toMatch(new RegExp(`^${place} yaml\\.syntax this is not YAML: `));
  });

  it("does not follow aliases of aliases, nor a thousand brackets", () => {
    const bomb = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? "x" : Array.from({ length: 9 }, () => `*a${level - 1}`).join(", ");
      return `  a${level}: &a${level} [${inner}]`;
    });
    expect(problemsOf(`resources:\n${bomb.join("\n")}\n`)).toHaveLength(1);
    expect(problemsOf(`fence: ${"[".repeat(20_000)}`).length).toBeGreaterThan(0);
  });

  it("bounds its lists", () => {
    const { notifiers } = SYSTOLE_YAML_LIMITS;
    const list = (count: number) =>
      `notifiers: [${Array.from({ length: count }, (_, n) => `n${n}`).join(", ")}]`;
    expect(problemsOf(list(notifiers))).toEqual([]);
    expect(problemsOf(list(notifiers + 1))).toHaveLength(1);
  });

  it("cannot be used to reach an object's prototype", () => {
    expect(problemsOf("__proto__: { fence: [x] }\n")).toHaveLength(1);
    expect(({} as { fence?: unknown }).fence).toBeUndefined();
  });

  it("has a published JSON Schema that is up to date and describes every key", () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL("../../../systole.schema.json", import.meta.url), "utf8"),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(systoleYamlJsonSchema())));
    expect(undescribed(published, "")).toEqual([]);
  });
});

/** Paths of properties without a description. */
function undescribed(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    const deeper = undescribed(value, `${path}/${key}`);
    if (key !== "properties") return deeper;
    const bare = Object.entries(value as Readonly<Record<string, { description?: string }>>)
      .filter(([, property]) => property.description === undefined)
      .map(([name]) => `${path}/${name}`);
    return [...bare, ...deeper];
  });
}
