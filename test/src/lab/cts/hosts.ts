// The machines of the three-node cluster: each node on two switches, and a client that asks for the page all the time.
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AnswerLog, type Attempt } from "../answers.js";
import { CLIENT } from "../cluster-files.js";
import { Host } from "../host.js";
import { LabNetwork } from "../network.js";
import { LabNode } from "../node.js";
import { CLIENT_PROGRAM, DIRECTORY_PREFIX, labParent, removeAbandoned, requireAbility } from "../premises.js";
import { OWN_DIRECTORIES, OWN_FILES, PROGRAMS } from "../programs.js";
import { HostView, type ViewFile } from "../view.js";
import { GROUPS, NAMES, ownAddress, type Name } from "./three-nodes.js";

const CLIENT_INTERVAL_MS = 20;
const CLIENT_TIMEOUT_MS = 200;

export type Medium = "eth0" | "eth1";
export const MEDIA: readonly Medium[] = ["eth0", "eth1"];

export class ThreeHosts {
  readonly answers = new AnswerLog(CLIENT_INTERVAL_MS);
  private readonly onExit = (): void => rmSync(this.directory, { recursive: true, force: true });

  private constructor(
    private readonly directory: string,
    private readonly all: readonly Host[],
    readonly nodes: Readonly<Record<Name, LabNode<Name>>>,
    readonly networks: Readonly<Record<Medium, LabNetwork>>,
    private readonly client: Host,
  ) {
    process.on("exit", this.onExit);
  }

  /** Makes everything; no daemon runs yet, the client asks already. Throws LabError saying what is missing. */
  static async open(filesOf: (name: Name) => readonly ViewFile[]): Promise<ThreeHosts> {
    const asUser = requireAbility(PROGRAMS.systole) === "user-namespace";
    removeAbandoned();
    const directory = mkdtempSync(join(labParent(), `${DIRECTORY_PREFIX}${String(process.pid)}-`));
    chmodSync(directory, 0o755);
    const hosts: Host[] = [];
    const start = async (name: string, mounts = ""): Promise<Host> => {
      const host = await Host.start({ name, asUser, joinUserOf: hosts[0]?.pid, mounts });
      hosts.push(host);
      return host;
    };
    const makeNode = async (name: Name): Promise<LabNode<Name>> => {
      const options = { labDir: directory, hostName: name, own: OWN_DIRECTORIES, ownFiles: OWN_FILES };
      const view = new HostView(options);
      view.write(filesOf(name));
      return new LabNode(name, await start(name, view.mounts()), view, PROGRAMS.systole);
    };
    try {
      const switches = { eth0: await start("switch"), eth1: await start("switch1") };
      const nodes = {
        master: await makeNode("master"),
        cluster1: await makeNode("cluster1"),
        cluster2: await makeNode("cluster2"),
      };
      const client = await start("client");
      const attached = (medium: Medium) =>
        NAMES.map((name) => ({ host: nodes[name].host, address: `${ownAddress(name, medium)}/24` }));
      const users = [{ host: client, address: `${CLIENT}/24` }];
      const networks = {
        eth0: await LabNetwork.build(switches.eth0, [...attached("eth0"), ...users]),
        eth1: await LabNetwork.build(switches.eth1, attached("eth1"), "eth1"),
      };
      const made = new ThreeHosts(directory, hosts, nodes, networks, client);
      made.startClient();
      return made;
    } catch (error) {
      await Promise.all(hosts.map((host) => host.close()));
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Ends everything and removes every file. Returns what could not be removed: an empty list, or a bug. */
  async close(): Promise<readonly string[]> {
    const survivors = (await Promise.all(this.all.map((host) => host.close()))).flat();
    rmSync(this.directory, { recursive: true, force: true });
    process.off("exit", this.onExit);
    const left = survivors.map((one) => `process ${String(one.pid)} ${one.commandLine}`);
    if (existsSync(this.directory)) left.push(`directory ${this.directory}`);
    return left;
  }

  private startClient(): void {
    const args = [GROUPS[0]?.address ?? "", String(CLIENT_INTERVAL_MS), String(CLIENT_TIMEOUT_MS)];
    const command = [process.execPath, CLIENT_PROGRAM, ...args];
    const program = this.client.spawn(command, ["pipe", "pipe", "inherit"]);
    program.stdin?.on("error", () => undefined);
    if (program.stdout === null) return;
    createInterface({ input: program.stdout }).on("line", (line) =>
      this.answers.add(JSON.parse(line) as Attempt),
    );
  }
}
