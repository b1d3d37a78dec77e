// Agents of Debian's package resource-agents, unmodified, at real work: each starts, is watched and stops in a host of its own.
import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { composePlugins, hostService } from "@systole/core";
import { NodeClock, NodeProcesses } from "@systole/core/node";
import {
  AgentCatalogue,
  Clock,
  Logger,
  Processes,
  ResourceAgent,
  type ProcessRequest,
  type ProcessResult,
} from "@systole/core/ports";
import agentOcf from "@systole/agent-ocf";
import { RecordingLogger } from "@systole/sdk/testkit";
import { labAbility } from "./ability.js";
import { Host } from "./host.js";
import { describeInLab } from "./in-lab.js";
import { OWN_TMP } from "./own-tmp.js";
import { LAUNCHER } from "./programs.js";
import { LabError } from "./wait.js";

const REHEARSAL_TIMEOUT_MS = 110_000;
const PACKAGE = "/usr/lib/ocf/resource.d/heartbeat";
const POSTGRES = "/usr/lib/postgresql";
const PG_CTL = existsSync(POSTGRES)
  ? readdirSync(POSTGRES).map((version) => `${POSTGRES}/${version}/bin/pg_ctl`)[0]
  : undefined;

/** A host where nothing that the agents write reaches the machine. */
async function openHost(): Promise<Host> {
  if (!existsSync(`${PACKAGE}/Dummy`)) throw new LabError("missing: apt-get install resource-agents");
  const own = ["/run", "/mnt", "/var/lib", "/var/log"].map(
    (directory) => `mount -t tmpfs tmpfs ${directory}`,
  );
  const mounts = [...own, OWN_TMP].join("\n");
  const asUser = labAbility().kind === "user-namespace";
  const host = await Host.start({ name: "agents", asUser, mounts });
  await host.must(["ip", "link", "add", "eth9", "type", "bridge"]);
  await host.must(["ip", "link", "set", "eth9", "up"]);
  return host;
}

interface Verdict {
  readonly keepsItsPromises: boolean;
}

describeInLab("an agent of the package resource-agents", () => {
  let host: Host;
  beforeAll(async () => void (host = await openHost()));
  afterAll(async () => expect(await host.close()).toEqual([]));

  const write = (path: string, text: string): Promise<string> =>
    host.must(["sh", "-c", `mkdir -p "$(dirname ${path})" && cat > ${path}`], text);
  /** What `systole agents test` says; its own words when it has not. */
  async function rehearsed(...words: readonly string[]): Promise<Verdict | string> {
    const command = [process.execPath, LAUNCHER, "agents", "test", ...words, "--json"];
    const { code, stdout, stderr } = await host.run(command, "", REHEARSAL_TIMEOUT_MS);
    return code === 0 ? (JSON.parse(stdout) as Verdict) : `exit ${String(code)}: ${stdout}${stderr}`;
  }
  const KEPT = { keepsItsPromises: true };

  it("Dummy keeps its promises, and every case of the contract", async () => {
    expect(await rehearsed("ocf:heartbeat:Dummy", "--contract")).toMatchObject(KEPT);
  });

  it("Delay keeps its promises, slowly", async () => {
    const waits = ["startdelay=1", "stopdelay=1", "mondelay=0"];
    expect(await rehearsed("ocf:heartbeat:Delay", ...waits)).toMatchObject(KEPT);
  });

  it("IPaddr2 keeps its promises", async () => {
    const address = ["ip=192.0.2.10", "cidr_netmask=24", "nic=eth9"];
    expect(await rehearsed("ocf:heartbeat:IPaddr2", ...address)).toMatchObject(KEPT);
    expect(await host.must(["ip", "-o", "addr", "show", "dev", "eth9"])).not.toContain("192.0.2.10");
  });

  it("Filesystem keeps its promises", async () => {
    const mount = ["device=tmpfs", "directory=/mnt/data", "fstype=tmpfs"];
    expect(await rehearsed("ocf:heartbeat:Filesystem", ...mount)).toMatchObject(KEPT);
    expect(await host.must(["cat", "/proc/mounts"])).not.toContain("/mnt/data");
  });

  it("nginx keeps its promises", async () => {
    await host.must(["mkdir", "-p", "/var/lib/nginx", "/var/log/nginx"]);
    const server = "server { listen 127.0.0.1:8080; location / { return 200 here; } }";
    const text = `error_log /run/e.log;\npid /run/n.pid;\nevents {}\nhttp { access_log off; ${server} }\n`;
    await write("/run/n.conf", text);
    const words = ["configfile=/run/n.conf", "httpd=/usr/sbin/nginx", "status10url=http://127.0.0.1:8080/"];
    expect(await rehearsed("ocf:heartbeat:nginx", ...words)).toMatchObject(KEPT);
  });

  it("apache keeps its promises", async () => {
    const modules = ["mpm_event", "authz_core", "status"].map(
      (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
    );
    const status = "<Location /server-status>\nSetHandler server-status\n</Location>";
    const places = "ServerRoot /run\nServerName localhost\nListen 127.0.0.1:8081\nPidFile /run/a.pid";
    await write("/run/a.conf", `${modules.join("\n")}\n${places}\nErrorLog /run/a.log\n${status}\n`);
    const url = "statusurl=http://127.0.0.1:8081/server-status";
    const words = ["configfile=/run/a.conf", "httpd=/usr/sbin/apache2", url];
    expect(await rehearsed("ocf:heartbeat:apache", ...words)).toMatchObject(KEPT);
  });

  it.skipIf(PG_CTL === undefined)("pgsql keeps its promises", { timeout: 240_000 }, async () => {
    const data = "/var/lib/pg";
    await host.must(["install", "-d", "-o", "postgres", "/run/postgresql", "/var/lib/postgresql", data]);
    const initdb = `${PG_CTL?.replace(/pg_ctl$/, "initdb")} -D ${data} -A trust`;
    const made = await host.run(["su", "postgres", "-c", initdb], "", REHEARSAL_TIMEOUT_MS);
    expect(made.code).toBe(0);
    const words = [`pgctl=${PG_CTL}`, `pgdata=${data}`, "psql=/usr/bin/psql", "pghost=localhost"];
    expect(await rehearsed("ocf:heartbeat:pgsql", ...words)).toMatchObject(KEPT);
  });
});

/** Runs every program in a host, as if the plugin were there. */
class ProcessesIn implements Processes {
  readonly #inner = new NodeProcesses();
  constructor(private readonly host: Host) {}
  run(request: ProcessRequest, signal: AbortSignal): Promise<ProcessResult> {
    const [command = "", ...args] = this.host.enter([request.command, ...request.args]);
    return this.#inner.run({ ...request, command, args }, signal);
  }
}

describeInLab("every agent of the package resource-agents", () => {
  let host: Host;
  beforeAll(async () => void (host = await openHost()));
  afterAll(async () => expect(await host.close()).toEqual([]));

  it("answers what it thinks of a resource without parameters, in time", { timeout: 600_000 }, async () => {
    const composed = await composePlugins({
      runtime: "node",
      plugins: [{ plugin: agentOcf }],
      required: [
        { port: ResourceAgent, names: ["ocf"] },
        { port: AgentCatalogue, names: ["ocf"] },
      ],
      services: {},
      hostServices: [
        hostService(Clock, new NodeClock()),
        hostService(Logger, new RecordingLogger()),
        hostService(Processes, new ProcessesIn(host)),
      ],
    });
    const agent = composed.get(ResourceAgent, "ocf");
    const names = await composed.get(AgentCatalogue, "ocf").list(new AbortController().signal);
    expect(names.length).toBeGreaterThan(100);
    const late: string[] = [];
    let outspoken = 0;
    for (const name of names) {
      const [, ...args] = name.split(":");
      const problems = await agent.validate({ name, args, parameters: {} }, AbortSignal.timeout(30_000));
      if (problems.some((problem) => problem.includes("was ended after"))) late.push(...problems);
      if (problems.length > 0) outspoken += 1;
    }
    expect(late).toEqual([]);
    expect(outspoken).toBeGreaterThan(50);
  });
});
