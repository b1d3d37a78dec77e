// The one table of exit codes. They are Pacemaker's (crm_exit_t), which agrees with heartbeat where heartbeat has one.
import { SystoleError, type ErrorCode } from "@systole/core/ports";

export const EXIT_CODES = {
  /** It is done. */
  ok: 0,
  /** It is not done; the reason is on stderr. */
  error: 1,
  /** This user may not do that. */
  insufficientPrivileges: 4,
  /** `check` and `run`: the configuration has errors. As heartbeat and init scripts: "not configured". */
  notConfigured: 6,
  /** The command line is wrong. */
  usage: 64,
  /** The daemon met something that must never be; it let go of everything. */
  software: 70,
  /** No daemon answers. */
  disconnected: 102,
  /** `run`: a daemon runs already. */
  alreadyRunning: 108,
  /** It was not done in time, and may still happen. */
  timeout: 124,
} as const;

const BY_ERROR: Partial<Readonly<Record<ErrorCode, number>>> = {
  AUTHKEYS_INVALID: EXIT_CODES.notConfigured,
  AUTHKEYS_PERMISSIONS: EXIT_CODES.notConfigured,
  CONFIG_INVALID: EXIT_CODES.notConfigured,
  CONTROL_UNREACHABLE: EXIT_CODES.disconnected,
  ENGINE_INVARIANT: EXIT_CODES.software,
  INTERFACE_NOT_FOUND: EXIT_CODES.notConfigured,
  KEYS_INVALID: EXIT_CODES.notConfigured,
  KEYS_PERMISSIONS: EXIT_CODES.notConfigured,
  PLUGIN_CONFIG_INVALID: EXIT_CODES.notConfigured,
  PLUGIN_MISSING: EXIT_CODES.notConfigured,
  PLUGIN_UNRESOLVED: EXIT_CODES.notConfigured,
};

/** The exit code for a failure. A `CONTROL_*` error may say its own in `details.exitCode`. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof SystoleError)) return EXIT_CODES.error;
  const { exitCode } = error.details;
  if (typeof exitCode === "number") return exitCode;
  return BY_ERROR[error.code] ?? EXIT_CODES.error;
}
