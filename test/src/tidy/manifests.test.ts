import { SDK_VERSION } from "@systole/sdk";
import { describe, expect, it } from "vitest";
import { files, manifests, matches, textOf } from "./repository.js";

type Versions = Readonly<Record<string, string>>;

const root = manifests.find(({ path }) => path === "package.json");
const packages = manifests.filter(({ path }) => path !== "package.json");
const KINDS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] as const;

function dependencies(json: Readonly<Record<string, unknown>>): Versions {
  return Object.assign({}, ...KINDS.map((kind) => (json[kind] ?? {}) as Versions)) as Versions;
}

/** Names that have a row in a table of dependencies.md. */
function documented(): readonly string[] {
  return [...textOf("docs/decisions/dependencies.md").matchAll(/^\| `([^`]+)` \|/gm)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  );
}

describe("manifests", () => {
  it("are all found", () => {
    expect(packages.map(({ json }) => json["name"])).toContain("@systole/core");
  });

  it.each(packages)("$path says what people need to know", ({ json }) => {
    expect(json).toMatchObject({ license: "Apache-2.0", type: "module", engines: root?.json["engines"] });
    expect(json["description"]).toMatch(/\.$/);
    expect(Object.keys(json["exports"] ?? {})).not.toEqual([]);
  });

  it.each(packages)("$path has the source first behind every entry", ({ json }) => {
    const entries = Object.values(json["exports"] as Readonly<Record<string, string | object>>);
    // A plain path is data, such as a published schema.
    for (const entry of entries.filter((candidate) => typeof candidate === "object"))
      expect(Object.keys(entry)).toEqual(["@systole/source", "types", "default"]);
  });

  it("pin exact versions", () => {
    const loose = manifests.flatMap(({ path, json }) =>
      Object.entries(dependencies(json))
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        .map(([name, version]) => `${path}: ${name} ${version}`),
    );
    expect(loose).toEqual([]);
  });

  it("share one version, which is also the SDK's and the host's", () => {
    const host = /HOST_SDK_VERSION = "([^"]+)"/.exec(textOf("core/src/runtime/version-rule.ts"))?.[1];
    const versions = new Set([SDK_VERSION, host, ...manifests.map(({ json }) => json["version"])]);
    expect([...versions]).toEqual([root?.json["version"]]);
  });

  it("have a line in dependencies.md for every npm package, and no line is left over", () => {
    const used = new Set(
      manifests
        .flatMap(({ json }) => Object.keys(dependencies(json)))
        .filter((name) => !name.startsWith("@systole/")),
    );
    expect(documented().toSorted()).toEqual([...used].toSorted());
  });

  it("come with the licence's text", () => {
    expect(textOf("LICENSE")).toMatch(/Apache License\s+Version 2\.0/);
  });
});

describe("the repository", () => {
  it("holds no path of the machine that it was written on, and no registry's address", () => {
    const workplace = new RegExp(String.raw`(?<![\w.$}-])/${"work"}/\w`);
    const registry = /https?:\/\/[^/\s"]*(registry|artifactory|verdaccio|nexus|mirror|proxy)[^/\s"]*\//i;
    expect([...matches(files, workplace), ...matches(files, registry)]).toEqual([]);
  });
});
