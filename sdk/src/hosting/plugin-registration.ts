// What every host of a plugin does before anything is made: judge its configuration, and let it declare what it provides.
import { SystoleError, type ErrorCode, type Plugin, type PluginHost } from "@systole/core/ports";

/** The configuration as the plugin's schema returns it. Throws `PLUGIN_CONFIG_INVALID`. */
export async function validConfig({ name, config: schema }: Plugin, given: unknown): Promise<unknown> {
  if (schema === undefined) {
    if (given === undefined) return undefined;
    throw new SystoleError("PLUGIN_CONFIG_INVALID", `${name} takes no configuration.`);
  }
  const result = await schema["~standard"].validate(given);
  if (result.issues === undefined) return result.value;
  const reasons = result.issues.map(({ message, path = [] }) =>
    [...path.map((step) => String(typeof step === "object" ? step.key : step)), message].join(": "),
  );
  throw new SystoleError("PLUGIN_CONFIG_INVALID", `Configuration of ${name}: ${reasons.join("; ")}`);
}

type Declare = (host: PluginHost, config: unknown) => unknown;

/** Throws `PLUGIN_REGISTER_FAILED` for whatever `register` throws that is no `SystoleError`. */
export function register({ name, register: declare }: Plugin, host: PluginHost, config: unknown): void {
  let returned: unknown;
  try {
    returned = (declare as Declare)(host, config);
  } catch (cause) {
    if (cause instanceof SystoleError) throw cause;
    throw failure("PLUGIN_REGISTER_FAILED", `register of ${name} failed`, cause);
  }
  if (returned instanceof Promise)
    throw new SystoleError(
      "PLUGIN_REGISTER_FAILED",
      `register of ${name} returns a promise. It only declares: open things in start.`,
    );
}

export function failure(code: ErrorCode, what: string, cause: unknown): SystoleError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SystoleError(code, `${what}: ${reason}`, { cause });
}
