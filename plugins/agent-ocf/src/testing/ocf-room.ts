// A place with agents of OCF of our own making, good and bad ones, and with those of Debian's package where it is installed.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceSpec } from "@systole/sdk";
import type { OcfConfig } from "../config.js";

const DEBIAN_ROOT = "/usr/lib/ocf";
/** A laptop may lack the package; CI must not. */
export const hasPackage =
  existsSync(`${DEBIAN_ROOT}/resource.d/heartbeat/Dummy`) || process.env["CI"] === "true";

export interface OcfRoom {
  readonly directory: string;
  readonly config: OcfConfig;
  /** Writes `fixture:<type>`; the script finds its action in `$1` and this directory in `$HERE`. */
  write(type: string, body: string): Promise<void>;
  resource(type: string, parameters?: Readonly<Record<string, string>>): ResourceSpec;
  /** An agent of the package, as `heartbeat:<type>`. */
  packaged(type: string, parameters?: Readonly<Record<string, string>>): ResourceSpec;
  /** The pid in that file, and whether such a process lives. */
  isAlive(pidFile: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function openOcfRoom(): Promise<OcfRoom> {
  const directory = await mkdtemp(join(tmpdir(), "systole-ocf-"));
  await mkdir(join(directory, "resource.d", "fixture"), { recursive: true });
  await symlink(join(DEBIAN_ROOT, "resource.d", "heartbeat"), join(directory, "resource.d", "heartbeat"));
  await symlink(join(DEBIAN_ROOT, "lib"), join(directory, "lib"));
  const resource = (
    provider: string,
    type: string,
    parameters: Readonly<Record<string, string>> = {},
  ): ResourceSpec => ({
    name: `ocf:${provider}:${type}::at=${directory}`,
    args: [provider, type],
    parameters,
  });
  return {
    directory,
    config: {
      root: directory,
      temporaryDirectory: join(directory, "tmp"),
      timeoutMs: { start: 60_000, stop: 50_000, status: 20_000 },
      environment: { HERE: directory },
    },
    async write(type, body) {
      const text = `#!/bin/sh\n${body}\n`;
      await writeFile(join(directory, "resource.d", "fixture", type), text, { mode: 0o755 });
    },
    resource: (type, parameters) => resource("fixture", type, parameters),
    packaged: (type, parameters) => resource("heartbeat", type, parameters),
    async isAlive(pidFile) {
      const pid = Number(await readFile(join(directory, pidFile), "utf8"));
      const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
      return stat !== "" && !/\) [ZX] /.test(stat);
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The least that an agent has to say of itself. */
export const METADATA = `meta-data) cat <<'XML'
<?xml version="1.0"?>
<resource-agent name="fixture"><shortdesc lang="en">A fixture</shortdesc>
<parameters><parameter name="file" required="1"><shortdesc lang="en">A file</shortdesc><content type="string"/></parameter></parameters>
<actions><action name="start" timeout="20s"/></actions></resource-agent>
XML
;;`;
