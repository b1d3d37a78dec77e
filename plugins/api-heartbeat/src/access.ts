// Who may sign on: heartbeat's `apiauth` rules and its defaults. Pure.
import type { AccessRule } from "./config.js";
import type { Credentials } from "./peer-credentials.js";

/** What heartbeat 3.0.6 allows when ha.cf says nothing. */
export const DEFAULT_ACCESS: readonly AccessRule[] = [
  { name: "ipfail", users: ["hacluster"], groups: [] },
  { name: "ccm", users: ["hacluster"], groups: [] },
  { name: "ping", users: [], groups: ["haclient"] },
  { name: "lha-snmpagent", users: ["root"], groups: [] },
  { name: "anon", users: ["root"], groups: ["haclient"] },
];

/** Numbers by name, of users or of groups. */
export type IdTable = ReadonlyMap<string, number>;

export interface AccessTables {
  readonly rules: readonly AccessRule[];
  readonly users: IdTable;
  readonly groups: IdTable;
}

/** Reads the lines of passwd or group: the name stands first, its number third. */
export function idTable(text: string): IdTable {
  const entries = text.split("\n").flatMap((line): [string, number][] => {
    const [name, , id] = line.split(":");
    return name !== undefined && id !== undefined && /^[0-9]+$/.test(id) ? [[name, Number(id)]] : [];
  });
  return new Map(entries);
}

/**
 * Undefined: allowed. Otherwise why not, in heartbeat's words. `client` is undefined for a casual client, which is
 * judged as `anon`.
 */
export function refusal(
  client: string | undefined,
  credentials: Credentials,
  tables: AccessTables,
): string | undefined {
  const rule = ruleOf(client ?? "anon", tables.rules) ?? ruleOf("default", tables.rules);
  if (rule === undefined) return "no default client auth";
  const matches =
    rule.users.some((user) => idOf(user, tables.users) === credentials.uid) ||
    rule.groups.some((group) => idOf(group, tables.groups) === credentials.gid);
  return matches ? undefined : "client failed authorization";
}

/** The last line for a client counts; the defaults come last of all. */
function ruleOf(client: string, rules: readonly AccessRule[]): AccessRule | undefined {
  return (
    rules.findLast((rule) => rule.name === client) ?? DEFAULT_ACCESS.find((rule) => rule.name === client)
  );
}

function idOf(name: string, table: IdTable): number | undefined {
  return /^[0-9]+$/.test(name) ? Number(name) : table.get(name);
}
