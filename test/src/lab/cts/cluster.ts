// The cluster that lives through the classes: three daemons, what can be done to them, and how it comes to rest.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askControl } from "../control-question.js";
import { HolderLog } from "../holders.js";
import type { StatusDocument } from "../in-lab.js";
import type { LabNode } from "../node.js";
import { LabPower, powerFiles } from "../power.js";
import { LAUNCHER } from "../programs.js";
import { LabError, waitFor } from "../wait.js";
import { MEDIA, ThreeHosts, type Medium } from "./hosts.js";
import { disagreements } from "./rest.js";
import { DEAD_MS, filesOf, GROUPS, NAMES, type Group, type Name } from "./three-nodes.js";

/** `fenced`: a switch resets who falls silent; else its guard and the quorum are what keeps two from serving. `sealed`: so are its frames. */
export interface Kind {
  readonly fenced: boolean;
  readonly sealed: boolean;
}

/** Many times what it takes on a machine with nothing else to do. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 20;
const KEYS = "/etc/ha.d/keys";
const FENCING = [
  "fence: [power]",
  "fencing: { action: reset, timeout: 5s, retry: { first: 1s, longest: 2s } }",
];

export class Cluster {
  /** Those of haresources. */
  groups: readonly Group[] = GROUPS;
  readonly holders: readonly HolderLog[];
  readonly power: LabPower<Name>;
  /** Who is to run: what has been started and not been stopped. A machine that is reset is. */
  private readonly up = new Set<Name>();
  /** It has given everything away, and is to get nothing back by itself. */
  standingBy: Name | undefined;
  /** Whose daemon was killed: what it ran besides addresses goes on until it is started again. */
  private readonly leftOver = new Set<Name>();
  private readonly cut = new Set<Name>();
  private isSeparated = false;

  private constructor(
    private readonly hosts: ThreeHosts,
    private readonly fenced: boolean,
  ) {
    this.power = new LabPower({
      names: NAMES,
      node: (name) => this.node(name),
      goneDark: (name) => this.goneDark(name),
    });
    const machines = NAMES.map((name) => ({ name, pid: this.node(name).host.pid }));
    this.holders = GROUPS.map(({ address }) => new HolderLog(machines, address, LOOK_EVERY_MS));
    for (const holders of this.holders) holders.start();
  }

  static async open({ fenced, sealed }: Kind): Promise<Cluster> {
    const more = [...(fenced ? FENCING : []), ...(sealed ? ["security: { mode: enforce }"] : [])];
    const hosts = await ThreeHosts.open((name) => [
      ...filesOf(name, fenced ? ["./power"] : [], more),
      ...(fenced ? powerFiles(NAMES) : []),
    ]);
    const cluster = new Cluster(hosts, fenced);
    try {
      if (sealed) await cluster.giveKeys();
      await cluster.whole();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  get answers() {
    return this.hosts.answers;
  }

  node(name: Name): LabNode<Name> {
    return this.hosts.nodes[name];
  }

  /** Those whose daemon is to run. */
  running(): readonly Name[] {
    return NAMES.filter((name) => this.up.has(name));
  }

  others(name: Name): readonly Name[] {
    return NAMES.filter((one) => one !== name);
  }

  async start(...names: readonly Name[]): Promise<void> {
    for (const name of names) {
      this.up.add(name);
      this.leftOver.delete(name);
    }
    await Promise.all(names.map((name) => this.node(name).start()));
    await this.until("the daemons to begin", () => names.every((name) => this.hasDaemon(name)));
  }

  /** In order, and with the exit status of that. */
  async stop(...names: readonly Name[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const code = await this.node(name).stop();
        this.up.delete(name);
        if (code !== 0) throw new LabError(`the daemon of ${name} ended with ${String(code)} after SIGTERM`);
      }),
    );
  }

  /** The same, of a daemon that may not listen to signals yet. */
  async stopEarly(name: Name): Promise<void> {
    const code = await this.node(name).stop();
    this.up.delete(name);
    if (code !== 0 && code !== null) throw new LabError(`the daemon of ${name} ended with ${String(code)}`);
  }

  async status(name: Name): Promise<StatusDocument | undefined> {
    const answer = await askControl(this.node(name).host, { command: "status" });
    return answer?.ok === true ? (answer.status as StatusDocument) : undefined;
  }

  /** Runs a `systole` command on a node; returns what it printed. Throws LabError when it fails. */
  systole(name: Name, ...args: readonly string[]): Promise<string> {
    return this.node(name).host.must([process.execPath, LAUNCHER, ...args]);
  }

  /** As an operator says it. */
  async standBy(name: Name): Promise<void> {
    this.standingBy = name;
    await this.systole(name, "standby");
    await this.rest();
  }

  /** The same: what is at home there is to come back. */
  async takeBack(name: Name): Promise<void> {
    this.standingBy = undefined;
    await this.systole(name, "takeover", "local");
    await this.rest();
  }

  /** Nobody hears this node, and it hears nobody, over any medium; its carriers stay. */
  async isolate(name: Name): Promise<void> {
    this.cut.add(name);
    for (const medium of MEDIA) await this.hosts.networks[medium].cutBeyondSwitch(this.node(name).host);
  }

  /** No node hears another one. */
  async separate(): Promise<void> {
    this.isSeparated = true;
    const hosts = NAMES.map((name) => this.node(name).host);
    for (const medium of MEDIA) await this.hosts.networks[medium].separate(hosts);
  }

  /** Undoes every cut. */
  async heal(): Promise<void> {
    for (const medium of MEDIA) {
      for (const name of this.cut) await this.hosts.networks[medium].mendBeyondSwitch(this.node(name).host);
      if (this.isSeparated)
        await this.hosts.networks[medium].rejoin(NAMES.map((name) => this.node(name).host));
    }
    this.cut.clear();
    this.isSeparated = false;
  }

  async pullCable(name: Name, medium: Medium): Promise<void> {
    await this.hosts.networks[medium].pullCable(this.node(name).host);
  }

  async plugCable(name: Name, medium: Medium): Promise<void> {
    await this.hosts.networks[medium].plugCable(this.node(name).host);
  }

  /** The daemon is killed with what belongs to it; with a power switch the machine is reset for it. */
  async kill(name: Name): Promise<void> {
    await this.node(name).killHard();
    if (this.fenced) return;
    this.up.delete(name);
    this.leftOver.add(name);
  }

  isLeftOver(name: Name): boolean {
    return this.leftOver.has(name);
  }

  hasDaemon(name: Name): boolean {
    return this.node(name).daemonProcesses().length > 0;
  }

  /** Resolves when the running nodes agree and everything is served as it must be with them. Throws LabError saying what is not. */
  async rest(): Promise<void> {
    let seen: readonly string[] = [];
    await waitFor(
      "the cluster to rest",
      async () => {
        seen = await disagreements(this);
        return seen.length === 0;
      },
      { timeoutMs: PATIENCE_MS, everyMs: 50, describe: () => seen.join("; ") },
    );
  }

  until(what: string, probe: () => boolean | Promise<boolean>): Promise<boolean> {
    const describe = (): string => NAMES.map((name) => `${name}:\n${this.node(name).logTail(8)}`).join("\n");
    return waitFor(what, probe, { timeoutMs: PATIENCE_MS, everyMs: 10, describe });
  }

  /** Everything that was done is undone: no cut, every node runs, every group is at home. */
  async whole(): Promise<void> {
    await this.heal();
    if (this.standingBy !== undefined) await this.takeBack(this.standingBy);
    await this.start(...NAMES.filter((name) => !this.up.has(name)));
    // A machine that is being reset is started by the switch.
    await this.until("every daemon to run", () => NAMES.every((name) => this.hasDaemon(name)));
    await this.rest();
  }

  async close(): Promise<void> {
    this.power.close();
    for (const holders of this.holders) holders.stop();
    this.keepLogs();
    const left = await this.hosts.close();
    if (left.length > 0) throw new LabError(`left behind: ${left.join(", ")}`);
  }

  /** For people who ask why: SYSTOLE_CTS_LOGS names a directory that the logs of all nodes are copied to. */
  private keepLogs(): void {
    const directory = process.env.SYSTOLE_CTS_LOGS;
    if (directory === undefined) return;
    mkdirSync(directory, { recursive: true });
    for (const name of NAMES)
      writeFileSync(
        join(directory, `${this.fenced ? "fenced" : "plain"}-${name}.log`),
        this.node(name).read("/var/log/daemon.log"),
      );
  }

  private async giveKeys(): Promise<void> {
    await Promise.all(NAMES.map((name) => this.systole(name, "keys", "new", "--node", name)));
    for (const from of NAMES) {
      const path = `${KEYS}/${from}.pub`;
      const text = this.node(from).read(path);
      for (const to of this.others(from)) this.node(to).write([{ path, text }]);
    }
  }

  /** As after a boot: no address of the cluster, and an empty /run. */
  private async goneDark(name: Name): Promise<void> {
    const script =
      "ip address flush dev eth0 label 'eth0:*'; find /run -mindepth 1 ! -path /run/lock -delete";
    await this.node(name).host.must(["sh", "-c", script]);
  }
}

/** Longer than a silence may last. */
export const BEYOND_DEAD_MS = DEAD_MS + 1000;
