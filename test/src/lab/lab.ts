// The lab: two nodes, a gateway, a client and a switch, made of namespaces and gone without a trace when closed.
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AnswerLog, type Attempt } from "./answers.js";
import {
  CLIENT,
  CLUSTER1,
  CLUSTER_ADDRESS,
  GATEWAY,
  MASTER,
  NODE_NAMES,
  type NodeName,
  type Variant,
} from "./cluster-files.js";
import { writeEnterProgram } from "./enter-program.js";
import { HolderLog } from "./holders.js";
import { Host } from "./host.js";
import { LabNetwork, allowIcmp, dropIcmp } from "./network.js";
import { LabNode } from "./node.js";
import { CLIENT_PROGRAM, DIRECTORY_PREFIX, labParent, removeAbandoned, requireAbility } from "./premises.js";
import {
  OWN_DIRECTORIES,
  OWN_FILES,
  PROGRAMS,
  type ClusterProgram,
  type Implementation,
} from "./programs.js";
import { HostView, type ViewFile } from "./view.js";

export interface LabOptions {
  readonly implementation: Implementation;
  /** What single nodes run instead, at first: a mixed cluster. Every node then has what all of them need. */
  readonly implementations?: Partial<Readonly<Record<NodeName, Implementation>>>;
  readonly variant?: Variant;
  /** Files that replace the lab's own, by node; e.g. an example's `ha.cf`. */
  readonly files?: Readonly<Record<NodeName, readonly ViewFile[]>>;
  /** How often the client asks, and is looked who has the address. Default 5 ms. */
  readonly clientIntervalMs?: number;
}

const CLIENT_TIMEOUT_MS = 200;

export class Lab {
  private client: ChildProcess | undefined;
  private readonly isolated = new Set<NodeName>();
  private readonly icmpDroppedHow: Map<NodeName, "iptables" | "ip rule"> = new Map();
  private readonly onExit = (): void => rmSync(this.directory, { recursive: true, force: true });

  private constructor(
    readonly directory: string,
    readonly nodes: Readonly<Record<NodeName, LabNode>>,
    readonly gateway: Host,
    readonly clientHost: Host,
    private readonly switchHost: Host,
    private readonly network: LabNetwork,
    readonly answers: AnswerLog,
    readonly holders: HolderLog,
  ) {
    process.on("exit", this.onExit);
  }

  /** Makes everything; no daemon runs yet, the client asks already. Throws LabError saying what is missing. */
  static async open(options: LabOptions): Promise<Lab> {
    const abilities = programsOf(options).map(requireAbility);
    const asUser = abilities.includes("user-namespace");
    removeAbandoned();
    const directory = mkdtempSync(join(labParent(), `${DIRECTORY_PREFIX}${String(process.pid)}-`));
    const hosts: Host[] = [];
    try {
      chmodSync(directory, 0o755); // heartbeat's helpers run as another user and follow links through here.
      return await Lab.build(options, directory, asUser, hosts);
    } catch (error) {
      await Promise.all(hosts.map((host) => host.close()));
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  private static async build(
    options: LabOptions,
    directory: string,
    asUser: boolean,
    hosts: Host[],
  ): Promise<Lab> {
    const start = async (name: string, mounts = ""): Promise<Host> => {
      const host = await Host.start({ name, asUser, joinUserOf: hosts[0]?.pid, mounts });
      hosts.push(host);
      return host;
    };
    const switchHost = await start("switch");
    const programs = programsOf(options);
    const makeNode = async (name: NodeName): Promise<LabNode> => {
      const program = PROGRAMS[options.implementations?.[name] ?? options.implementation];
      const view = new HostView({
        labDir: directory,
        hostName: name,
        own: OWN_DIRECTORIES,
        ownFiles: OWN_FILES,
        inherit: [...new Set(programs.flatMap(({ inherit }) => inherit))],
      });
      const files = programs.flatMap((one) => one.files(name, options.variant ?? {}));
      files.push(...(options.files?.[name] ?? []));
      view.write([{ path: "/var/log/nginx/error.log", text: "" }, ...files]);
      return new LabNode(name, await start(name, view.mounts()), view, program);
    };
    const master = await makeNode("master");
    const cluster1 = await makeNode("cluster1");
    const gateway = await start("gateway");
    const client = await start("client");
    const network = await LabNetwork.build(switchHost, [
      { host: master.host, address: `${MASTER}/24` },
      { host: cluster1.host, address: `${CLUSTER1}/24` },
      { host: gateway, address: `${GATEWAY}/24` },
      { host: client, address: `${CLIENT}/24` },
    ]);
    for (const program of programs) {
      for (const node of [master, cluster1]) await prepare(node, program, directory);
    }
    const watched = [master, cluster1].map(({ name, host }) => ({ name, pid: host.pid }));
    const answers = new AnswerLog(options.clientIntervalMs ?? 5);
    const holders = new HolderLog(watched, CLUSTER_ADDRESS, options.clientIntervalMs);
    const lab = new Lab(
      directory,
      { master, cluster1 },
      gateway,
      client,
      switchHost,
      network,
      answers,
      holders,
    );
    holders.start();
    lab.startClient();
    return lab;
  }

  node(name: NodeName): LabNode {
    return this.nodes[name];
  }

  /** As pulling the plug: the node sees its carrier go. */
  async pullCable(name: NodeName): Promise<void> {
    this.isolated.add(name);
    await this.network.pullCable(this.nodes[name].host);
  }

  async plugCable(name: NodeName): Promise<void> {
    await this.network.plugCable(this.nodes[name].host);
    this.isolated.delete(name);
  }

  /** A fault beyond the switch: the node keeps its carrier and reaches nobody. */
  async cutBeyondSwitch(name: NodeName): Promise<void> {
    this.isolated.add(name);
    await this.network.cutBeyondSwitch(this.nodes[name].host);
  }

  async mendBeyondSwitch(name: NodeName): Promise<void> {
    await this.network.mendBeyondSwitch(this.nodes[name].host);
    this.isolated.delete(name);
  }

  /** Half a cable: the node still hears everyone, and nobody hears it. */
  async mute(name: NodeName): Promise<void> {
    this.isolated.add(name);
    await this.network.mute(this.nodes[name].host);
  }

  /** The other half: everyone hears the node, and it hears nobody. */
  async deafen(name: NodeName): Promise<void> {
    this.isolated.add(name);
    await this.network.deafen(this.nodes[name].host);
  }

  async mendHalf(name: NodeName): Promise<void> {
    await this.network.mendHalf(this.nodes[name].host);
    this.isolated.delete(name);
  }

  /** The machine is off: link, processes and addresses are gone at once. It stays off. */
  async cutPower(name: NodeName): Promise<void> {
    await this.pullCable(name);
    await this.nodes[name].losePower(CLUSTER_ADDRESS);
  }

  /** The nodes stop hearing each other; the gateway and the client still hear both. */
  async separateNodes(): Promise<void> {
    await this.network.separate(NODE_NAMES.map((name) => this.nodes[name].host));
  }

  async rejoinNodes(): Promise<void> {
    await this.network.rejoin(NODE_NAMES.map((name) => this.nodes[name].host));
  }

  /** The nodes that have the cluster's address and that a user can reach. */
  reachableHolders(): readonly NodeName[] {
    const holders = this.holders.now();
    return NODE_NAMES.filter((name) => holders.includes(name) && this.isReachable(name));
  }

  /** False while its cable is pulled, or cut beyond the switch. */
  isReachable(name: NodeName): boolean {
    return !this.isolated.has(name);
  }

  /** Stops the host from sending or hearing ICMP, as the walk-through's iptables line does. */
  async dropIcmp(name: NodeName): Promise<void> {
    this.icmpDroppedHow.set(name, await dropIcmp(this.nodes[name].host));
  }

  async allowIcmp(name: NodeName): Promise<void> {
    const how = this.icmpDroppedHow.get(name);
    if (how !== undefined) await allowIcmp(this.nodes[name].host, how);
    this.icmpDroppedHow.delete(name);
  }

  /** The other node. */
  peerOf(name: NodeName): NodeName {
    return name === "master" ? "cluster1" : "master";
  }

  /** Writes a program that runs a command, or a shell, on a host; see `writeEnterProgram`. Returns its path. */
  writeEnterProgram(): string {
    return writeEnterProgram(this.directory, this.hosts());
  }

  /** Ends everything and removes every file. Returns what could not be removed: an empty list, or a bug. */
  async close(): Promise<readonly string[]> {
    this.holders.stop();
    this.client?.stdin?.end();
    const survivors = (
      await Promise.all([...this.hosts(), this.switchHost].map((host) => host.close()))
    ).flat();
    rmSync(this.directory, { recursive: true, force: true });
    process.off("exit", this.onExit);
    const left = survivors.map((one) => `process ${String(one.pid)} ${one.commandLine}`);
    if (existsSync(this.directory)) left.push(`directory ${this.directory}`);
    return left;
  }

  private hosts(): Host[] {
    return [...NODE_NAMES.map((name) => this.nodes[name].host), this.gateway, this.clientHost];
  }

  private startClient(): void {
    const args = [CLUSTER_ADDRESS, String(this.answers.intervalMs), String(CLIENT_TIMEOUT_MS)];
    const client = this.clientHost.spawn(
      [process.execPath, CLIENT_PROGRAM, ...args],
      ["pipe", "pipe", "inherit"],
    );
    client.stdin?.on("error", () => undefined);
    if (client.stdout !== null) {
      createInterface({ input: client.stdout }).on("line", (line) =>
        this.answers.add(JSON.parse(line) as Attempt),
      );
    }
    this.client = client;
  }
}

/** Every program that runs somewhere in this lab. heartbeat is last, so that its files hold: Systole takes them too. */
function programsOf(options: LabOptions): readonly ClusterProgram[] {
  const names = NODE_NAMES.map((name) => options.implementations?.[name] ?? options.implementation);
  const programs = [...new Set([...names, options.implementation])].map((name) => PROGRAMS[name]);
  return programs.toSorted((a, b) => Number(a.name === "heartbeat") - Number(b.name === "heartbeat"));
}

async function prepare(node: LabNode, program: ClusterProgram, directory: string): Promise<void> {
  if (program.prepare === "") return;
  const script = `set -e\nREAL_VAR='${join(directory, node.name, "real/var")}'\n${program.prepare}`;
  await node.host.must(["bash", "-c", script]);
}
