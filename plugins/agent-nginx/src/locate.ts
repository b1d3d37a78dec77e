// From a resource to its nginx: which binary, which configuration, and what keeps it from being started.
import { resolve } from "node:path";
import type { OperationResult, ResourceSpec } from "@systole/sdk";
import { readConfiguration, unreadConfiguration, type NginxConfiguration } from "./configuration.js";
import type { NginxBuild, NginxFinder } from "./find-nginx.js";
import { readParameters, type NginxParameters } from "./parameters.js";
import type { Site } from "./survey.js";
import { timeout } from "./words.js";

/** Where nothing is installed, these are as good as any: a stop must be able to look around without a binary. */
const NO_BUILD: NginxBuild = {
  binary: "/usr/sbin/nginx",
  prefix: "/usr/share/nginx",
  configFile: "/etc/nginx/nginx.conf",
  pidFile: "/run/nginx.pid",
};

export interface Located {
  readonly ok: true;
  readonly name: string;
  readonly site: Site;
  readonly parameters: NginxParameters;
  /** Why nginx cannot be started, as sentences; a stop and a status can still do their work. */
  readonly problems: readonly string[];
}

export async function locate(
  resource: ResourceSpec,
  finder: NginxFinder,
  signal: AbortSignal,
): Promise<Located | { readonly ok: false; readonly answer: OperationResult }> {
  if (signal.aborted) return { ok: false, answer: timeout("aborted before it began") };
  const { parameters, problems } = readParameters(resource);
  const found = await finder.find(parameters.httpd, signal);
  if (!found.found && found.timedOut) return { ok: false, answer: timeout(found.problem) };
  const build = found.found ? found.build : NO_BUILD;
  const file = resolve(build.prefix, parameters.configFile ?? build.configFile);
  const unfound = found.found ? [] : [found.problem];
  const read = await configurationAt(file, build);
  // Without a binary its configuration is no matter.
  const obstacles = unfound.length > 0 ? unfound : read.problems;
  const site = { build, configuration: read.configuration };
  return { ok: true, name: resource.name, site, parameters, problems: [...problems, ...obstacles] };
}

async function configurationAt(
  file: string,
  build: NginxBuild,
): Promise<{ readonly configuration: NginxConfiguration; readonly problems: readonly string[] }> {
  try {
    const configuration = await readConfiguration(file, build);
    const foreground = foregroundProblem(configuration);
    return { configuration, problems: foreground === undefined ? [] : [foreground] };
  } catch (cause) {
    const problem = `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { configuration: unreadConfiguration(file, build), problems: [problem] };
  }
}

function foregroundProblem({ file, daemon, masterProcess }: NginxConfiguration): string | undefined {
  if (!daemon) return `${file} says "daemon off": remove it, nginx must go to the background here`;
  return masterProcess
    ? undefined
    : `${file} says "master_process off": remove it, nginx needs its master here`;
}
