// Removes what a killed nginx leaves in the file system: a pid file that names nobody, a unix socket that nobody answers.
import { lstat, readFile, rm } from "node:fs/promises";
import type { NginxConfiguration } from "./configuration.js";
import { accepts } from "./sockets.js";

/**
 * Call it when no process of the configuration is left. Kept: a file that does not look like a pid file, and one that names
 * any nginx, for a path that several configurations share may belong to another now.
 */
export async function removePidFile({ pidFile }: NginxConfiguration): Promise<void> {
  const text = await readFile(pidFile, "utf8").catch(() => undefined);
  if (text === undefined || !/^\d{0,10}\s*$/.test(text)) return;
  const line = await readFile(`/proc/${text.trim()}/cmdline`, "utf8").catch(() => "");
  if (text.trim() === "" || !line.startsWith("nginx: ")) await rm(pidFile, { force: true });
}

/** nginx refuses to start where a unix socket of that name is left. One that somebody may answer is kept. */
export async function removeUnixSockets({ listens }: NginxConfiguration): Promise<void> {
  for (const listen of listens) {
    if (listen.kind !== "unix") continue;
    const isSocket = await lstat(listen.path).then(
      (file) => file.isSocket(),
      () => false,
    );
    if (isSocket && (await accepts(listen)) === "refused") await rm(listen.path, { force: true });
  }
}
