// One error class for the whole project: a stable code for programs, a sentence for people.

/** Every code that Systole throws. Each has a paragraph in `docs/errors.md`; a test compares the two. */
export const ERROR_CODES = [
  "ADDRESS_FAILED",
  "AUTHKEYS_INVALID",
  "AUTHKEYS_PERMISSIONS",
  "CONFIG_INVALID",
  "CONTROL_REFUSED",
  "CONTROL_UNREACHABLE",
  "ENGINE_INVARIANT",
  "FRAME_TOO_LARGE",
  "INTERFACE_NOT_FOUND",
  "KEYS_INVALID",
  "KEYS_PERMISSIONS",
  "MESSAGE_INVALID",
  "NETWORK_UNSUPPORTED",
  "PLUGIN_CONFIG_INVALID",
  "PLUGIN_CONTRACT_MISMATCH",
  "PLUGIN_CYCLE",
  "PLUGIN_DUPLICATE",
  "PLUGIN_MISSING",
  "PLUGIN_REGISTER_FAILED",
  "PLUGIN_RUNTIME_UNSUPPORTED",
  "PLUGIN_START_FAILED",
  "PLUGIN_STOP_FAILED",
  "PLUGIN_UNRESOLVED",
  "PROCESS_SPAWN_FAILED",
  "SECRET_UNREADABLE",
  "STORE_FAILED",
  "TRANSPORT_SEND_FAILED",
  "TRANSPORT_START_FAILED",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface SystoleErrorOptions {
  /** True when the same call may succeed later without anybody changing anything. Default false. */
  readonly retryable?: boolean;
  /** Facts for logs and programs: plain JSON values, no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A failure that a caller can act on. The message says what happened and what to do about it. */
export class SystoleError extends Error {
  override readonly name = "SystoleError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: SystoleErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}
