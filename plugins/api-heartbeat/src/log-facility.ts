// Syslog facilities by name: clients of heartbeat log where the daemon logs, and want the number.

const FACILITIES = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
] as const;
const FIRST_LOCAL = 16;

/** As the C library counts: the facility's place times eight; -1 for none. */
export function facilityNumber(name: string | undefined): number {
  const local = /^local([0-7])$/.exec(name ?? "")?.[1];
  if (local !== undefined) return (FIRST_LOCAL + Number(local)) * 8;
  const place = FACILITIES.findIndex((facility) => facility === name);
  return place < 0 ? -1 : place * 8;
}
