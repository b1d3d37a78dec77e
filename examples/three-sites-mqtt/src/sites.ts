// Three sites as network namespaces: east and west have a line to the cloud each, and the cloud forwards nothing between them.
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  DIRECTORY_PREFIX,
  Host,
  HostView,
  LabBroker,
  labParent,
  LAUNCHER,
  OWN_DIRECTORIES,
  OWN_FILES,
  PROGRAMS,
  removeAbandoned,
  requireAbility,
  waitFor,
} from "@systole/test/lab";
import { makeCertificates } from "./certificates.js";
import { exampleFile, filesOf } from "./files.js";
import { CLOUD, SITE_NAMES, SITES, type SiteName } from "./places.js";

const RECORD_SERVER = fileURLToPath(new URL("../dist/record-server.js", import.meta.url));
const LOG = "/var/log/daemon.log";

export class ThreeSites {
  private readonly daemons = new Map<SiteName, ChildProcess>();

  private constructor(
    readonly directory: string,
    readonly cloud: Host,
    readonly hosts: Readonly<Record<SiteName, Host>>,
    private readonly views: Readonly<Record<SiteName, HostView>>,
    readonly broker: LabBroker,
  ) {}

  /** Makes everything; the broker and the names work, no daemon runs yet. Throws LabError saying what is missing. */
  static async open(): Promise<ThreeSites> {
    const asUser = requireAbility(PROGRAMS.systole) === "user-namespace";
    removeAbandoned();
    const directory = mkdtempSync(join(labParent(), `${DIRECTORY_PREFIX}${String(process.pid)}-`));
    const hosts: Host[] = [];
    try {
      return await ThreeSites.build(directory, asUser, hosts);
    } catch (error) {
      await Promise.all(hosts.map((host) => host.close()));
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  private static async build(directory: string, asUser: boolean, hosts: Host[]): Promise<ThreeSites> {
    const start = async (name: string, mounts = ""): Promise<Host> => {
      const host = await Host.start({ name, asUser, joinUserOf: hosts[0]?.pid, mounts });
      hosts.push(host);
      return host;
    };
    const keys = join(directory, "keys");
    mkdirSync(keys);
    makeCertificates(keys, CLOUD, SITE_NAMES);
    const recordKey = randomBytes(16).toString("hex");
    const cloud = await start("cloud");
    const views = { east: viewOf("east", directory), west: viewOf("west", directory) };
    for (const name of SITE_NAMES) views[name].write(filesOf(name, keys, recordKey));
    const sites = {
      east: await start("east", views.east.mounts()),
      west: await start("west", views.west.mounts()),
    };
    await exchangeKeys(sites, views);
    await connect(cloud, sites);
    const broker = new LabBroker(cloud, directory, brokerLines(keys));
    await broker.start();
    await startRecordServer(cloud, keys, recordKey);
    return new ThreeSites(directory, cloud, sites, views, broker);
  }

  async startDaemon(name: SiteName): Promise<void> {
    const log = openSync(this.views[name].outside(LOG), "a");
    const daemon = this.hosts[name].spawn(
      [process.execPath, LAUNCHER, "run", "--node", name],
      ["ignore", log, log],
    );
    closeSync(log);
    await once(daemon, "spawn");
    this.daemons.set(name, daemon);
  }

  /** As `systemctl stop` does. */
  async stopDaemon(name: SiteName): Promise<void> {
    const daemon = this.daemons.get(name);
    const main = this.hosts[name]
      .processes()
      .find(({ commandLine }) => commandLine.includes(`${LAUNCHER} run`));
    if (daemon === undefined || main === undefined) return;
    const ended = once(daemon, "exit");
    process.kill(main.pid, "SIGTERM");
    await ended;
    this.daemons.delete(name);
  }

  /** The site's line is dead, and nobody sees a carrier go: what comes from there is not answered any more. */
  async cutOff(name: SiteName): Promise<void> {
    await this.cloud.must(["ip", "address", "del", `${SITES[name].gateway}/24`, "dev", lineTo(name)]);
  }

  async mend(name: SiteName): Promise<void> {
    await this.cloud.must(["ip", "address", "add", `${SITES[name].gateway}/24`, "dev", lineTo(name)]);
  }

  /** The sites whose nginx listens, as the kernel says: also where nobody could ask it. */
  serving(): readonly SiteName[] {
    return SITE_NAMES.filter((name) => {
      const sockets = readFileSync(`/proc/${String(this.hosts[name].pid)}/net/tcp`, "latin1");
      return /:0050 [0-9A-F]{8}:0000 0A/.test(sockets);
    });
  }

  log(name: SiteName): string {
    const path = this.views[name].outside(LOG);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** Ends everything and removes every file. Returns what could not be removed: an empty list, or a bug. */
  async close(): Promise<readonly string[]> {
    const hosts = [this.hosts.east, this.hosts.west, this.cloud];
    const survivors = (await Promise.all(hosts.map((host) => host.close()))).flat();
    rmSync(this.directory, { recursive: true, force: true });
    return survivors.map(({ pid, commandLine }) => `process ${String(pid)} ${commandLine}`);
  }
}

function viewOf(name: SiteName, directory: string): HostView {
  return new HostView({ labDir: directory, hostName: name, own: OWN_DIRECTORIES, ownFiles: OWN_FILES });
}

/** The cloud's end of a site's line. */
function lineTo(name: SiteName): string {
  return `to-${name}`;
}

/** As an operator does it: a key on each site, and its public half on the other. */
async function exchangeKeys(
  sites: Readonly<Record<SiteName, Host>>,
  views: Readonly<Record<SiteName, HostView>>,
): Promise<void> {
  for (const name of SITE_NAMES) {
    await sites[name].must([process.execPath, LAUNCHER, "keys", "new", "--node", name]);
    const path = `/etc/ha.d/keys/${name}.pub`;
    const text = readFileSync(views[name].outside(path), "utf8");
    for (const other of SITE_NAMES) if (other !== name) views[other].write([{ path, text }]);
  }
}

async function connect(cloud: Host, sites: Readonly<Record<SiteName, Host>>): Promise<void> {
  const plan = [`address add ${CLOUD}/32 dev lo`];
  for (const name of SITE_NAMES) {
    plan.push(`link add name ${lineTo(name)} type veth peer name eth0 netns ${String(sites[name].pid)}`);
    plan.push(`address add ${SITES[name].gateway}/24 dev ${lineTo(name)}`, `link set ${lineTo(name)} up`);
  }
  await cloud.mustOutsidePids(["ip", "-batch", "-"], `${plan.join("\n")}\n`);
  for (const name of SITE_NAMES) {
    const { address, gateway } = SITES[name];
    const lines = [
      `address add ${address}/24 dev eth0`,
      "link set eth0 up",
      `route add default via ${gateway}`,
    ];
    await sites[name].must(["ip", "-batch", "-"], `${lines.join("\n")}\n`);
  }
}

/** The example's own file, with the paths of this run. */
function brokerLines(keys: string): readonly string[] {
  writeFileSync(join(keys, "acl"), exampleFile("acl"));
  return exampleFile("mosquitto.conf")
    .split("\n")
    .map((line) =>
      line.replace(
        /^(cafile|certfile|keyfile|acl_file) (.+)$/,
        (_, word: string, name: string) => `${word} ${join(keys, name)}`,
      ),
    );
}

async function startRecordServer(cloud: Host, keys: string, recordKey: string): Promise<void> {
  const file = join(keys, "record.key");
  writeFileSync(file, recordKey, { mode: 0o600 });
  const server = cloud.spawn([process.execPath, RECORD_SERVER, file], ["ignore", "pipe", "inherit"]);
  let said = "";
  server.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  await waitFor("the record server", () => said.includes("ready"), { timeoutMs: 10_000 });
}
