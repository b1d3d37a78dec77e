// Does the agent read the same pid file and sockets from a configuration as nginx does?
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfiguration, type NginxConfiguration } from "./configuration.js";
import { parseBuild, type NginxBuild } from "./find-nginx.js";
import { inWords } from "./listen.js";

const build: NginxBuild = {
  binary: "/usr/sbin/nginx",
  prefix: "/usr/share/nginx",
  configFile: "/etc/nginx/nginx.conf",
  pidFile: "/run/nginx.pid",
};
let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "systole-configuration-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function read(files: Readonly<Record<string, string>>): Promise<NginxConfiguration> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return readConfiguration(join(directory, "nginx.conf"), build);
}
const sockets = ({ listens }: NginxConfiguration): string => listens.map(inWords).join(" ");

describe("readConfiguration", () => {
  test("the layout of Debian: includes with patterns, links and all", async () => {
    const configuration = await read({
      "nginx.conf": `user www-data; pid /run/web.pid; include modules-enabled/*.conf;
        events {} http { include mime.types; include conf.d/*.conf; include sites-enabled/*; }`,
      "mime.types": "types { text/html html; }",
      "sites-enabled/default": "server { listen 80 default_server; listen [::]:80 default_server; }",
      "sites-enabled/other": "server { include snippets/listen.conf; server_name x; }",
      "sites-enabled/.hidden": "server { listen 1; }",
      "snippets/listen.conf": "listen 10.0.0.1:8080; listen 80;",
      "conf.d/a.txt": "server { listen 2; }",
      "conf.d/b.conf": "server { listen 81; }",
    });
    expect(configuration).toMatchObject({ pidFile: "/run/web.pid", daemon: true, masterProcess: true });
    expect(sockets(configuration)).toBe("0.0.0.0:81 0.0.0.0:80 [::]:80 10.0.0.1:8080");
  });

  test("defaults: pid file of the build, port of a server that names none", async () => {
    const port = process.getuid?.() === 0 ? 80 : 8000;
    const configuration = await read({
      "nginx.conf": "events {} http { server { } upstream u { server a:1; } }",
    });
    expect(configuration.pidFile).toBe("/run/nginx.pid");
    expect(sockets(configuration)).toBe(`0.0.0.0:${port}`);
  });

  test("relative pid, foreground switches, streams and mail, no web at all", async () => {
    const configuration = await read({
      "nginx.conf": `daemon off; master_process off; pid logs/x.pid; events {}
        stream { server { listen 53 udp; listen 5432; } } mail { server { listen 25; } }`,
    });
    expect(configuration).toMatchObject({
      pidFile: "/usr/share/nginx/logs/x.pid",
      daemon: false,
      masterProcess: false,
    });
    expect(sockets(configuration)).toBe("0.0.0.0:5432 0.0.0.0:25");
    expect(sockets(await read({ "nginx.conf": "events {}" }))).toBe("");
  });

  test("a file that includes itself, and one that is not there", async () => {
    const configuration = await read({
      "nginx.conf": "include nginx.conf; include gone.conf; pid /run/x.pid;",
    });
    expect(configuration.pidFile).toBe("/run/x.pid");
    await rm(join(directory, "nginx.conf"));
    await expect(read({})).rejects.toMatchObject({ code: "ENOENT" });
  });

  test.each([
    ["[ab].conf", "1 2"],
    ["[!a].conf", "2 3"],
    ["?.conf", "1 2 3"],
    ["*", "1 2 3 4"],
    ["(x)+.conf", "4"],
  ])("the pattern %s", async (pattern, expected) => {
    const server = (port: number): string => `server { listen ${port}; }`;
    const configuration = await read({
      "nginx.conf": `http { include d*r/${pattern}; }`,
      "dir/a.conf": server(1),
      "dir/b.conf": server(2),
      "dir/c.conf": server(3),
      "dir/(x)+.conf": server(4),
    });
    const ports = sockets(configuration).replaceAll("0.0.0.0:", "").split(" ").toSorted().join(" ");
    expect(ports).toBe(expected);
  });
});

describe("parseBuild", () => {
  test("Debian's build", () => {
    const output = `nginx version: nginx/1.22.1
configure arguments: --with-cc-opt='-g -O2 -fPIC --prefix=x' --prefix=/usr/share/nginx --conf-path=/etc/nginx/nginx.conf --http-log-path=/var/log/nginx/access.log --pid-path=/run/nginx.pid --with-debug`;
    expect(parseBuild("/usr/sbin/nginx", output)).toEqual(build);
  });

  test("nginx's own defaults, relative paths, quoted paths", () => {
    expect(parseBuild("/x/nginx", "configure arguments:")).toEqual({
      binary: "/x/nginx",
      prefix: "/usr/local/nginx",
      configFile: "/usr/local/nginx/conf/nginx.conf",
      pidFile: "/usr/local/nginx/logs/nginx.pid",
    });
    const quoted =
      "configure arguments: --prefix='/opt/my nginx' --conf-path=etc/n.conf --pid-path=\"/run/my n.pid\"";
    expect(parseBuild("/x/nginx", quoted)).toEqual({
      binary: "/x/nginx",
      prefix: "/opt/my nginx",
      configFile: "/opt/my nginx/etc/n.conf",
      pidFile: "/run/my n.pid",
    });
  });
});
