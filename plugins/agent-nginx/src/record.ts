// What is known of a running nginx beyond the process table: whether it serves for the group or is only kept warm, and
// which configuration it has loaded. In a file beside its pid file, so that a restarted daemon and `systole check` see
// the same as the daemon that wrote it; gone with a reboot, as nginx is.
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { NginxConfiguration } from "./configuration.js";

export interface SiteRecord {
  /** Started for the group, and not stopped since. */
  readonly serving: boolean;
  /** `NginxConfiguration.digest` of what nginx loaded. */
  readonly loaded: string;
}

/** Undefined when there is none, or only one of before the last boot. */
export async function readRecord(configuration: NginxConfiguration): Promise<SiteRecord | undefined> {
  const text = await readFile(pathOf(configuration), "utf8").catch(() => "");
  const [boot, state, loaded, ...rest] = text.split("\n");
  if (boot !== (await bootId()) || loaded === undefined || rest.join("") !== "") return undefined;
  return state === "serving" || state === "warm" ? { serving: state === "serving", loaded } : undefined;
}

/** Rejects with the errno when it cannot be written. */
export async function writeRecord(configuration: NginxConfiguration, record: SiteRecord): Promise<void> {
  const path = pathOf(configuration);
  const lines = [await bootId(), record.serving ? "serving" : "warm", record.loaded, ""];
  // Never through a link, and never half written.
  await rm(`${path}.new`, { force: true });
  await writeFile(`${path}.new`, lines.join("\n"), { flag: "wx", mode: 0o644 });
  await rename(`${path}.new`, path);
}

/** Call it when nothing runs any more: a record that cannot be removed then says nothing. */
export async function removeRecord(configuration: NginxConfiguration): Promise<void> {
  await rm(pathOf(configuration), { force: true }).catch(() => undefined);
}

function pathOf({ pidFile }: NginxConfiguration): string {
  return `${pidFile}.systole`;
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "")).trim();
}
