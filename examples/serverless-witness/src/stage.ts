// Two nodes, a switch, a broker of MQTT as their second path, and a third machine on which the cloud's runtime has the witness; and what can be cut between them.
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  GATEWAY,
  Lab,
  LabBroker,
  LabError,
  NODE_NAMES,
  nginxConf,
  page,
  waitFor,
  type NodeName,
  type ViewFile,
} from "@systole/test/lab";
import { clusterKey } from "@systole/witness";

export type CloudKind = "workerd" | "lambda";

const HOST = fileURLToPath(new URL("witness-host.js", import.meta.url));
const SECRET = "the secret of this demo's witness, and of nothing else";
const PORT = "8470";
const START_MS = 30_000;
const END_MS = 5000;

export class Stage {
  private constructor(
    readonly lab: Lab,
    readonly broker: LabBroker,
    private readonly cloud: ChildProcess,
  ) {}

  /** No daemon runs yet; the witness answers. */
  static async open(kind: CloudKind): Promise<Stage> {
    const key = await clusterKey(SECRET, "web");
    const files = { master: filesOf("master", key), cluster1: filesOf("cluster1", key) };
    const lab = await Lab.open({ implementation: "systole", files, clientIntervalMs: 20 });
    const cloud = lab.gateway.spawn(
      [process.execPath, HOST, kind, SECRET, GATEWAY, PORT],
      ["pipe", "pipe", "inherit"],
      // What the runtimes write is gone with the lab, however they end.
      { TMPDIR: lab.directory },
    );
    const heard: string[] = [];
    if (cloud.stdout !== null)
      createInterface({ input: cloud.stdout }).on("line", (line) => heard.push(line));
    const broker = new LabBroker(lab.gateway, lab.directory);
    try {
      await broker.start();
      await waitFor(`the witness in ${kind}`, () => heard.includes("ready"), { timeoutMs: START_MS });
    } catch (error) {
      await lab.close();
      throw error;
    }
    return new Stage(lab, broker, cloud);
  }

  /** Both paths between the nodes. */
  async cutNodes(): Promise<void> {
    await this.lab.separateNodes();
    await this.broker.kill();
  }

  async mendNodes(): Promise<void> {
    await this.lab.rejoinNodes();
    await this.broker.start();
  }

  /** What `name` says to the witness is lost on the way. */
  async cutWitness(...names: readonly NodeName[]): Promise<void> {
    for (const name of names) await this.lab.node(name).host.must(rule("-A"));
  }

  async mendWitness(...names: readonly NodeName[]): Promise<void> {
    for (const name of names) await this.lab.node(name).host.must(rule("-D"));
  }

  /** Returns what could not be removed. */
  async close(): Promise<readonly string[]> {
    const ended = (): boolean => this.cloud.exitCode !== null || this.cloud.signalCode !== null;
    this.cloud.stdin?.end();
    await waitFor("the witness to end", ended, { timeoutMs: END_MS }).catch(() => undefined);
    return this.lab.close();
  }

  /** The ends of the logs, for a person who asks why. */
  logs(): string {
    return NODE_NAMES.map((name) => `--- ${name}\n${this.lab.node(name).logTail(12)}`).join("\n");
  }
}

function rule(change: "-A" | "-D"): readonly string[] {
  return ["iptables", "-w", change, "OUTPUT", "-p", "tcp", "-d", GATEWAY, "--dport", PORT, "-j", "DROP"];
}

function filesOf(node: NodeName, key: string): ViewFile[] {
  if (!NODE_NAMES.includes(node)) throw new LabError(`there is no node ${node}`);
  return [
    ...["ha.cf", "systole.yaml", "haresources"].map((name) => ({
      path: `/etc/ha.d/${name}`,
      text: read(name),
    })),
    { path: "/etc/ha.d/authkeys", text: read("authkeys"), mode: 0o600 },
    { path: "/etc/ha.d/witness.key", text: `${key}\n`, mode: 0o600 },
    { path: "/etc/nginx/nginx.conf", text: nginxConf() },
    { path: "/var/www/html/index.html", text: page(node) },
  ];
}

function read(name: string): string {
  return readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
}
