// A line of a configuration file as it may be shown beside a problem: what somebody has written there and should not have is hidden.

/** `mqtt://user:password@host`. */
const USER_IN_URL = /(?<=:\/\/)[^\s@]+(?=@)/g;
/** `password: …`, `passwd=…`, `token: …`, `key: …`; not the mapping that says where it stands. */
const WRITTEN_SECRET = /(?<=\b(?:key|[\w-]*(?:pass|secret|token)[\w-]*)["']?\s*[:=]\s*)[^\s{},]+/gi;

/** Of one that is longer nothing is shown, and nothing is looked for in it. */
const MAX_SHOWN = 1000;

/** As long as the line itself, so that places in it stay. */
export function shownLine(line: string): string {
  if (line.length > MAX_SHOWN) return "*".repeat(line.length);
  return [USER_IN_URL, WRITTEN_SECRET].reduce(
    (text, pattern) => text.replaceAll(pattern, (secret) => "*".repeat(secret.length)),
    line,
  );
}
