// A function is uploaded as one file. This makes that file as its author would, and says who is to blame when it could not run there.
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

export interface BundleInit {
  /** Text of the module in which the bundle begins, in TypeScript. It may import what test/package.json names. */
  readonly entry: string;
  /** "workers": nothing of Node may be imported. "node": what Node brings stays outside of the file. */
  readonly for: "workers" | "node";
  readonly minify?: boolean;
  /** Packages that the host has already, as Lambda has AWS's clients: they stay outside of the file. */
  readonly outside?: readonly string[];
  /** The workspace as built, instead of its sources: what a user of the packages bundles. */
  readonly built?: boolean;
}

/** A bundle that could not be made. The message names each module of Node, and the files through which it came in. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

const ENTRY = fileURLToPath(new URL("bundled-entry.ts", import.meta.url)).replace(
  "/dist/hosts/",
  "/src/hosts/",
);
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BUILTIN = new Set(builtinModules);

/** One ES module as text. Takes some tens of milliseconds. Throws BundleError. */
export async function bundle(init: BundleInit): Promise<string> {
  const forbidden: string[] = [];
  const workers = init.for === "workers";
  const build = await rolldown({
    input: ENTRY,
    cwd: ROOT,
    external: [...(init.outside ?? [])],
    platform: workers ? "browser" : "node",
    plugins: [entryOf(init.entry), ...(workers ? [withoutNode(forbidden)] : [])],
    resolve: {
      conditionNames: [
        ...(init.built === true ? [] : ["@systole/source"]),
        ...(workers ? ["workerd", "worker", "browser"] : ["node"]),
        "import",
        "default",
      ],
      extensionAlias: { ".js": [".js", ".ts"] },
    },
    transform: { target: "es2022", decorator: { legacy: true, emitDecoratorMetadata: false } },
    onLog: () => undefined,
  });
  try {
    const { output } = await build.generate({
      format: "esm",
      minify: init.minify ?? false,
      codeSplitting: false,
    });
    if (forbidden.length > 0)
      throw new BundleError(`This bundle cannot run outside of Node:\n  ${forbidden.join("\n  ")}`);
    return output[0].code;
  } finally {
    await build.close();
  }
}

function entryOf(text: string): Plugin {
  return {
    name: "entry",
    resolveId: (id) => (id === ENTRY ? id : undefined),
    load: (id) => (id === ENTRY ? { code: text, moduleType: "ts" } : undefined),
  };
}

/** Tells of every module of Node, with the chain of files from the entry to it. */
function withoutNode(forbidden: string[]): Plugin {
  const found: { readonly module: string; readonly importer: string }[] = [];
  return {
    name: "without-node",
    resolveId(id, importer) {
      if (!id.startsWith("node:") && !BUILTIN.has(id)) return undefined;
      found.push({ module: id, importer: importer ?? ENTRY });
      return { id, external: true };
    },
    buildEnd() {
      for (const { module, importer } of found) {
        const chain = [importer];
        for (let at = importer; chain.length < 20;) {
          const above = this.getModuleInfo(at)?.importers.find((each) => !chain.includes(each));
          if (above === undefined) break;
          chain.push(above);
          at = above;
        }
        forbidden.push(`${module}: imported by ${chain.map(nameOf).join(", imported by ")}`);
      }
    },
  };
}

function nameOf(id: string): string {
  return id === ENTRY ? "the entry" : id.replace(ROOT, "");
}
