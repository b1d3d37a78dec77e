// Every question that `cl_status` can ask, and what it answers, without what differs from run to run.
import { GATEWAY, type NodeName } from "./cluster-files.js";
import type { Lab } from "./lab.js";

export const CL_STATUS = "/usr/bin/cl_status";

export interface Answered {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const NODES = ["master", "cluster1", GATEWAY, "nobody"] as const;
const PARAMETERS =
  "keepalive deadtime warntime initdead deadping udpport logfile debugfile logfacility hopfudge auto_failback baud " +
  "realtime debug cluster crm msgfmt compression node ping ucast apiauth respawn nonesuch";

/** Without the program's name. */
export function questions(): readonly (readonly string[])[] {
  const plain = [
    ["hbstatus"],
    ["hbstatus", "-v"],
    ...[[], ["-n"], ["-p"], ["-v"]].map((options) => ["listnodes", ...options]),
    ...["nodestatus", "nodetype", "nodeweight", "nodesite", "listhblinks"].flatMap((command) =>
      NODES.map((node) => [command, node]),
    ),
    ...NODES.map((node) => ["listhblinks", "-v", node]),
    ...NODES.map((node) => ["hblinkstatus", node, node === GATEWAY ? GATEWAY : "eth0"]),
    ["hblinkstatus", "master", "eth9"],
    ...(["master", "cluster1", "nobody"] as const).flatMap((node) =>
      ["ipfail", "nonesuch"].map((client) => ["clientstatus", node, client, "3000"]),
    ),
    ["rscstatus"],
    ...PARAMETERS.split(" ").map((name) => ["hbparameter", "-p", name]),
  ];
  const machine = plain.map(([command = "", ...rest]) => [command, "-m", ...rest]);
  const wrong = [
    [],
    ["-h"],
    ["nosuch"],
    ["parameter", "-p", "keepalive"],
    ["nodestatus"],
    ["listhblinks"],
    ["hblinkstatus", "master"],
    ["clientstatus", "master"],
    ["hbparameter"],
    ["hbparameter", "keepalive"],
    ["nodestatus", "-q"],
    ["listnodes", "-n", "-p"],
    ["nodestatus", "master", "cluster1"],
  ];
  return [...plain, ...machine, ...wrong];
}

/** Asks one after the other; takes the time, the process and the version out of what is printed. */
export async function askAll(
  lab: Lab,
  node: NodeName,
  program: readonly string[],
): Promise<readonly Answered[]> {
  const { host } = lab.node(node);
  const answers: Answered[] = [];
  for (const question of questions()) {
    const { code, stdout, stderr } = await host.run([...program, ...question]);
    answers.push({ code, stdout: timeless(stdout), stderr: timeless(stderr) });
  }
  return answers;
}

function timeless(text: string): string {
  return text
    .replaceAll(/^[A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d /gm, "TIME ")
    .replaceAll(/\[\d+\]/g, "[PID]")
    .replaceAll(/^version:\t.*$/gm, "version:\tVERSION")
    .replaceAll(/^Heartbeat version .*$/gm, "Heartbeat version VERSION");
}
