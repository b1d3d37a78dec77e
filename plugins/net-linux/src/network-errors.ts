// Turns what the kernel answers into errors that callers act on.
import { getSystemErrorMap } from "node:util";
import { SystoleError, type ErrorCode } from "@systole/sdk";

/** Numbers of Linux' errno that are decided upon here. */
export const Errno = {
  EPERM: 1,
  EINTR: 4,
  EAGAIN: 11,
  EACCES: 13,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOPROTOOPT: 92,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  EHOSTUNREACH: 113,
} as const;

/** `EPERM: operation not permitted`, with what to do about it. */
export function errnoText(errno: number): string {
  const [name, message] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, "unknown error"];
  return errno === Errno.EPERM || errno === Errno.EACCES
    ? `${name}: ${message}; run as root, or with the capabilities NET_ADMIN and NET_RAW`
    : `${name}: ${message}`;
}

export function interfaceNotFound(name: string): SystoleError {
  return new SystoleError(
    "INTERFACE_NOT_FOUND",
    `there is no interface ${JSON.stringify(name)} on this host; \`ip link\` lists those that exist`,
    { details: { interface: name } },
  );
}

/** `doing` reads like `add 10.0.0.1/24 to eth0`. */
export function addressFailed(doing: string, reason: string, cause?: unknown): SystoleError {
  return new SystoleError("ADDRESS_FAILED", `cannot ${doing}: ${reason}`, { details: { reason }, cause });
}

/** A failed system call, as an error of the given code. */
export function callFailed(code: ErrorCode, doing: string, errno: number): SystoleError {
  return new SystoleError(code, `cannot ${doing}: ${errnoText(errno)}`, {
    retryable: errno === Errno.EAGAIN || errno === Errno.ENOBUFS,
    details: { errno },
  });
}
