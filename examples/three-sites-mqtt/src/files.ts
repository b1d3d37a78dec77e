// The example's files, put where each site expects them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nginxConf, type ViewFile } from "@systole/test/lab";
import { SITES, type SiteName } from "./places.js";

/** What a site gets; `keys` is the directory of its certificates. */
export function filesOf(site: SiteName, keys: string, recordKey: string): ViewFile[] {
  const key = (name: string): string => readFileSync(join(keys, name), "utf8");
  const secret = { mode: 0o600 };
  return [
    { path: "/etc/hosts", text: "127.0.0.1 localhost\n" },
    { path: "/etc/hostname", text: `${site}\n` },
    ...["ha.cf", "systole.yaml", "haresources"].map((name) => ({
      path: `/etc/ha.d/${name}`,
      text: exampleFile(name),
    })),
    { path: "/etc/ha.d/resource.d/record", text: exampleFile("record"), mode: 0o755 },
    { path: "/etc/ha.d/site-address", text: `${SITES[site].address}\n` },
    { path: "/etc/ha.d/record.key", text: `${recordKey}\n`, ...secret },
    { path: "/etc/ha.d/mqtt/ca.pem", text: key("ca.pem") },
    { path: "/etc/ha.d/mqtt/node.pem", text: key(`${site}.pem`) },
    { path: "/etc/ha.d/mqtt/node.key", text: key(`${site}.key`), ...secret },
    { path: "/etc/nginx/nginx.conf", text: nginxConf() },
    { path: "/var/www/html/index.html", text: `${site}\n` },
    { path: "/var/log/nginx/error.log", text: "" },
  ];
}

export function exampleFile(name: string): string {
  return readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
}
