// The simulator and the core in one file, from source: for a thread, or with something changed on the way.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown, type Plugin } from "rolldown";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** `entry`: from the root of the repository. Returns a module's text. */
export async function bundled(entry: string, plugins: readonly Plugin[] = []): Promise<string> {
  const build = await rolldown({
    input: join(ROOT, entry),
    cwd: ROOT,
    platform: "node",
    plugins: [...plugins],
    resolve: {
      conditionNames: ["@systole/source", "node", "import", "default"],
      extensionAlias: { ".js": [".js", ".ts"] },
    },
    transform: { target: "es2022", decorator: { legacy: true, emitDecoratorMetadata: false } },
    onLog: () => undefined,
  });
  try {
    const { output } = await build.generate({ format: "esm", codeSplitting: false });
    return output[0].code;
  } finally {
    await build.close();
  }
}
