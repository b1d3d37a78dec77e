// Where this code runs, as the places themselves say it, and what there is of an environment.
import type { RuntimeName } from "@systole/core/ports";

interface Surroundings {
  readonly navigator?: { readonly userAgent?: string };
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
}

/** Cloudflare's workers say so; AWS Lambda sets a variable that is its own. */
export function hostRuntime(): RuntimeName {
  const { navigator } = globalThis as Surroundings;
  if (navigator?.userAgent === "Cloudflare-Workers") return "workers";
  return processEnvironment()["AWS_LAMBDA_FUNCTION_NAME"] === undefined ? "node" : "lambda";
}

/** The variables of the process; none where there is no process. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return (globalThis as Surroundings).process?.env ?? {};
}
