// Directives about programs that work with the daemon: those that it starts, and those that may ask it something.
import { basename } from "node:path";
import type { ClientAccess } from "@systole/core";
import type { Problems } from "../problem.js";
import type { Word } from "../source-text.js";
import type { DirectiveReader } from "./directive-line.js";

const MAX_CLIENTS = 64;
const MAX_ACCESS_ENTRIES = 256;

/** heartbeat's access rules where ha.cf says nothing else. */
export const DEFAULT_CLIENT_ACCESS: readonly ClientAccess[] = [
  { name: "ipfail", users: ["hacluster"], groups: [] },
  { name: "ccm", users: ["hacluster"], groups: [] },
  { name: "ping", users: [], groups: ["haclient"] },
  { name: "lha-snmpagent", users: ["root"], groups: [] },
  { name: "anon", users: ["root"], groups: ["haclient"] },
];

/** `respawn` and `failfast`. ipfail is built in and needs no program. */
export const readClient: DirectiveReader = ({ directive, parameters, rest }, draft, problems) => {
  const [user, program] = parameters;
  if (user === undefined || program === undefined) {
    const message = `write a user and a full path: \`${directive.text} USER /path/program\``;
    problems.error(directive, "respawn.incomplete", message);
  } else if (!program.text.startsWith("/")) {
    problems.error(program, "path.relative", `"${program.text}" is not a full path; begin it with /`);
  } else if (basename(program.text) === "ipfail") {
    draft.ipfail ??= program;
  } else if (draft.clients.length >= MAX_CLIENTS) {
    problems.error(directive, "respawn.too-many", `more than ${MAX_CLIENTS} programs; delete some`);
  } else {
    const command = rest.slice(rest.indexOf(user.text) + user.text.length).trim();
    const kind = directive.text === "failfast" ? "failfast" : "respawn";
    const client = { kind, user: user.text, program: program.text, command } as const;
    draft.clients.push({ value: client, at: directive });
  }
};

/** Names of a `uid=` or `gid=` list; undefined after saying what is wrong. */
function accountList(word: Word, problems: Problems): { key: string; names: string[] } | undefined {
  const [, key, list] = /^(uid|gid)=(.*)$/.exec(word.text) ?? [];
  const names = list?.split(",").filter((name) => name !== "") ?? [];
  if (key !== undefined && names.length > 0) return { key, names };
  const message = `"${word.text}" is not understood; write uid=USER,USER or gid=GROUP,GROUP without blanks`;
  problems.error(word, "apiauth.invalid", message);
  return undefined;
}

export const readClientAccess: DirectiveReader = ({ directive, parameters }, draft, problems) => {
  const [name, ...lists] = parameters;
  if (name === undefined || lists.length === 0) {
    const message = "write who is let in: `apiauth NAME uid=USER`, or gid=GROUP, or both";
    problems.error(directive, "apiauth.invalid", message);
    return;
  }
  const earlier = draft.clientAccess.find(({ value }) => value.name === name.text);
  if (earlier !== undefined) {
    const message = `apiauth ${name.text} stands in line ${earlier.at.line} already; join the two`;
    problems.error(name, "apiauth.duplicate", message);
    return;
  }
  if (draft.clientAccess.length >= MAX_ACCESS_ENTRIES) {
    problems.error(name, "apiauth.invalid", `more than ${MAX_ACCESS_ENTRIES} apiauth lines; delete some`);
    return;
  }
  const accounts = lists.map((word) => accountList(word, problems));
  const named = (key: string) => accounts.flatMap((list) => (list?.key === key ? list.names : []));
  const value = { name: name.text, users: named("uid"), groups: named("gid") };
  if (!accounts.includes(undefined)) draft.clientAccess.push({ value, at: name });
};
