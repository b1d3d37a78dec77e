// The version that `systole --version` prints and the control socket tells.
import { readFileSync } from "node:fs";

export function daemonVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
