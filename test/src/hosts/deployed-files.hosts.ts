// The file that deploys the example's Worker, before the eyes of the program that would deploy it.
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { workerdMissing } from "./workerd.js";

/** It brings the runtime with it, and does not start without. */
const HAS_WRANGLER = workerdMissing() === undefined || process.env["CI"] === "true";
const root = fileURLToPath(new URL("../../../", import.meta.url));
const example = join(root, "examples/serverless-witness");

it.runIf(HAS_WRANGLER)(
  "wrangler takes the example's Worker, with its objects, and would upload some kilobytes",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "systole-wrangler-"));
    try {
      mkdirSync(join(directory, "dist"));
      copyFileSync(join(example, "wrangler.jsonc"), join(directory, "wrangler.jsonc"));
      copyFileSync(join(example, "dist/worker.js"), join(directory, "dist/worker.js"));
      symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
      const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [wrangler, "deploy", "--dry-run", "--outdir", join(directory, "out")],
        {
          cwd: directory,
          env: { PATH: process.env["PATH"], HOME: directory, CI: "1", WRANGLER_SEND_METRICS: "false" },
        },
      );
      expect(stdout).toContain("SYSTOLE_WITNESS_LEASES (LeaseObject)");
      const [, kib] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
      process.stdout.write(`wrangler deploy --dry-run: ${kib} KiB, compressed\n`);
      expect(Number(kib)).toBeLessThan(20);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
