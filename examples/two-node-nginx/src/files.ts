// The example's files, as they would be copied to two real machines, put where each machine expects them.
import { readFileSync } from "node:fs";
import { NODE_NAMES, type NodeName, type ViewFile } from "@systole/test/lab";

/** What each node gets; the same paths as on a real machine. */
export function exampleFiles(): Record<NodeName, ViewFile[]> {
  const [master, cluster1] = NODE_NAMES.map(filesOf);
  return { master: master ?? [], cluster1: cluster1 ?? [] };
}

function filesOf(node: NodeName): ViewFile[] {
  return [
    { path: "/etc/ha.d/ha.cf", text: read(`ha.cf.${node}`) },
    { path: "/etc/ha.d/authkeys", text: read("authkeys"), mode: 0o600 },
    { path: "/etc/ha.d/haresources", text: read("haresources") },
    { path: "/etc/nginx/nginx.conf", text: read("nginx.conf") },
    { path: "/var/www/html/index.html", text: read(`index.html.${node}`) },
  ];
}

function read(name: string): string {
  return readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
}
