// What holds for a resource of which nothing is set, in one place. heartbeat watches nothing; here everything is watched.
import type { GroupMember, RecoveryRules } from "../../ports/index.js";

export const RECOVERY_DEFAULTS: RecoveryRules = {
  monitorEveryMs: 10_000,
  onFail: "restart",
  migrationThreshold: 3,
  failureTimeoutMs: 600_000,
  operationTimeoutMs: {},
};

export function rulesOf(member: GroupMember): RecoveryRules {
  return { ...RECOVERY_DEFAULTS, ...member.rules };
}
