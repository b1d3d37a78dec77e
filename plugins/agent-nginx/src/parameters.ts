// What a resource of this agent can say: which configuration, which binary, how patient.
import type { ResourceSpec } from "@systole/sdk";

export interface NginxParameters {
  /** Undefined: the one that nginx was built for. */
  readonly configFile: string | undefined;
  /** Undefined: found on the node. */
  readonly httpd: string | undefined;
  /** Milliseconds that a stop gives SIGQUIT, and then SIGTERM, to work. */
  readonly graceMs: number;
}

/** Connections to an address that moves away are dead anyway, so there is little to wait for. */
const DEFAULT_GRACE_MS = 100;
const MAX_GRACE_MS = 60_000;
const KNOWN: ReadonlySet<string> = new Set(["configfile", "httpd", "graceMs"]);

/** Parameters as they apply; one that makes no sense counts as absent, see `parameterProblems`. */
export function parametersOf({ args, parameters }: ResourceSpec): NginxParameters {
  const graceMs = Number(parameters["graceMs"]);
  return {
    configFile: args[0] || parameters["configfile"] || undefined,
    httpd: parameters["httpd"] || undefined,
    graceMs: isGrace(parameters["graceMs"]) ? graceMs : DEFAULT_GRACE_MS,
  };
}

export function parameterProblems({ args, parameters }: ResourceSpec): readonly string[] {
  const problems: string[] = [];
  if (args.length > 1) problems.push("nginx takes one argument, its configuration file");
  if (args[0] && parameters["configfile"] && args[0] !== parameters["configfile"]) {
    problems.push("the argument and the parameter configfile name different files: keep one of them");
  }
  for (const name of Object.keys(parameters)) {
    if (!KNOWN.has(name)) problems.push(`nginx has no parameter ${name}; it has ${[...KNOWN].join(", ")}`);
  }
  if (parameters["graceMs"] !== undefined && !isGrace(parameters["graceMs"])) {
    problems.push(`graceMs must be a number of milliseconds from 0 to ${MAX_GRACE_MS}`);
  }
  return problems;
}

function isGrace(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= MAX_GRACE_MS;
}
