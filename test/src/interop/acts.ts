// What is done to a mixed cluster beyond the walk-through's six acts, each with who must answer afterwards.
import {
  act,
  LabError,
  NODE_NAMES,
  pause,
  waitFor,
  type Act,
  type Lab,
  type NodeName,
} from "../lab/index.js";
import { holdsAddress } from "../lab/holders.js";
import { LAUNCHER } from "../lab/programs.js";

const PATIENCE_MS = 45_000;
const HEARTBEAT_SCRIPTS = "/usr/share/heartbeat";
export const SECOND_ADDRESS = "10.10.180.230";

export type GroupSet = "all" | "local" | "foreign";

export const COLD_START = act("cold-start");

export function start(node: NodeName, expected: NodeName): Act {
  return {
    id: `start-${node}`,
    title: `start ${node}`,
    perform: (lab) => lab.node(node).start(),
    expected: () => expected,
  };
}

export function stop(node: NodeName, expected: NodeName): Act {
  return {
    id: `stop-${node}`,
    title: `stop ${node}`,
    perform: async (lab) => {
      const code = await lab.node(node).stop(60_000);
      if (code !== 0) throw new LabError(`the daemon of ${node} ended with status ${String(code)}`);
    },
    expected: () => expected,
  };
}

/** `master` and `cluster1` say where the two groups, at home on these nodes, must be afterwards. */
export function command(
  verb: "standby" | "takeover",
  set: GroupSet,
  on: NodeName,
  expected: Readonly<Record<NodeName, NodeName>>,
): Act {
  return {
    id: `${verb}-${set}-${on}`,
    title: `hb_${verb} ${set} on ${on}`,
    perform: async (lab) => {
      const { host, implementation } = lab.node(on);
      const line =
        implementation === "heartbeat"
          ? [`${HEARTBEAT_SCRIPTS}/hb_${verb}`, set]
          : [process.execPath, LAUNCHER, verb, set];
      const lostBefore = lostByScripts(lab);
      const { code, stderr } = await host.run(line);
      await pause(300);
      // heartbeat's scripts say nothing of it, its daemon logs it: as an operator would, ask again.
      if (lostByScripts(lab) > lostBefore) await host.must(line);
      else if (code !== 0) throw new LabError(`${line.join(" ")} ended with ${String(code)}: ${stderr}`);
      await secondGroupOn(lab, expected.cluster1);
    },
    expected: () => expected.master,
  };
}

/** What heartbeats received of their own scripts in pieces, and dropped: it happens on a busy machine, whoever the peer is. */
function lostByScripts(lab: Lab): number {
  const logs = NODE_NAMES.map((name) => lab.node(name).read("/var/log/ha-log"));
  return logs.join("\n").split("Message with zero fields").length - 1;
}

/** Also waits for the second group. */
export function withSecondGroupOn(node: NodeName, one: Act): Act {
  return {
    ...one,
    perform: async (lab) => {
      await one.perform(lab);
      await secondGroupOn(lab, node);
    },
  };
}

function secondGroupOn(lab: Lab, node: NodeName): Promise<unknown> {
  const holders = (): readonly NodeName[] =>
    NODE_NAMES.filter((name) => holdsAddress(lab.node(name).host.pid, SECOND_ADDRESS));
  return waitFor(`the second group on ${node} alone`, () => holders().join() === node, {
    timeoutMs: PATIENCE_MS,
    describe: () => `it is on ${holders().join(", ") || "no node"}`,
  });
}

/** The daemon is killed as a whole; when the other node has taken over, what it left is removed as a reboot does. */
export function killAndReboot(node: NodeName): Act {
  return {
    id: `kill-${node}`,
    title: `kill -9 on ${node}, then a reboot`,
    perform: async (lab) => {
      const wasActive = lab.reachableHolders().includes(node);
      const other = lab.peerOf(node);
      await lab.node(node).killHard();
      if (wasActive) {
        await waitFor(`${other} to take the address`, () => lab.holders.now().includes(other), {
          timeoutMs: PATIENCE_MS,
        });
      } else {
        await pause(2500); // Longer than deadtime: what wrongly moves would move now.
      }
      await reboot(lab, node);
    },
    expected: (lab) => lab.peerOf(node),
  };
}

async function reboot(lab: Lab, node: NodeName): Promise<void> {
  const { host } = lab.node(node);
  await host.must([
    "sh",
    "-c",
    "pkill -9 nginx; rm -f /run/nginx.pid; ip address flush dev eth0 label 'eth0:*'; true",
  ]);
}

/** The active node stands still for longer than deadtime, and wakes up when the other has taken over. */
export function freezeActive(node: NodeName): Act {
  return {
    id: `freeze-${node}`,
    title: `freeze the daemon of ${node} past deadtime, wake it`,
    perform: async (lab) => {
      const other = lab.peerOf(node);
      lab.node(node).freeze();
      await waitFor(`${other} to take the address`, () => lab.holders.now().includes(other), {
        timeoutMs: PATIENCE_MS,
      });
      await pause(1000);
      lab.node(node).thaw();
    },
    expected: () => node,
  };
}

/** Both nodes then think that the other is dead; users reach the other one. */
export function pullCable(node: NodeName): Act {
  return {
    id: `cable-out-${node}`,
    title: `pull the cable of ${node}`,
    perform: (lab) => lab.pullCable(node),
    expected: (lab) => lab.peerOf(node),
  };
}

/** Both nodes have the address and meet again. */
export function plugCable(node: NodeName, expected: NodeName): Act {
  return {
    id: `cable-in-${node}`,
    title: `put the cable of ${node} back`,
    perform: (lab) => lab.plugCable(node),
    expected: () => expected,
  };
}

/** A fifth of the cluster's packets is lost on the way to each node; nobody may be called dead for it. */
export function loseAFifth(forMs: number, expected: NodeName): Act {
  const rule = (verb: "-A" | "-D"): string[] => [
    ..."iptables -w".split(" "),
    verb,
    ..."INPUT -i eth0 -p udp --dport 694 -m statistic --mode random --probability 0.2 -j DROP".split(" "),
  ];
  return {
    id: "loss",
    title: `lose 20 % both ways for ${String(forMs / 1000)} s`,
    perform: async (lab) => {
      const before = NODE_NAMES.map((name) => deaths(lab, name));
      for (const name of NODE_NAMES) await lab.node(name).host.must(rule("-A"));
      await pause(forMs);
      for (const name of NODE_NAMES) await lab.node(name).host.must(rule("-D"));
      for (const [index, name] of NODE_NAMES.entries()) {
        const fresh = deaths(lab, name).slice(before[index]?.length ?? 0);
        if (fresh.length > 0) throw new LabError(`${name} called its peer dead: ${fresh.join("; ")}`);
      }
    },
    expected: () => expected,
  };
}

/** Lines in which a node says that another is dead. */
function deaths(lab: Lab, name: NodeName): readonly string[] {
  const lines = lab.node(name).read("/var/log/ha-log").split("\n");
  return lines.filter((line) => /: is dead$|node\.changed .* to=dead/.test(line));
}

/** ICMP is dropped on `node`, so that only the other one sees the gateway. */
export function losePing(node: NodeName): Act {
  return {
    id: `ping-lost-${node}`,
    title: `drop ICMP on ${node} (ipfail)`,
    perform: (lab) => lab.dropIcmp(node),
    expected: (lab) => lab.peerOf(node),
  };
}

export function regainPing(node: NodeName, expected: NodeName): Act {
  return {
    id: `ping-back-${node}`,
    title: `let ICMP through again on ${node}`,
    perform: (lab) => lab.allowIcmp(node),
    expected: () => expected,
  };
}

/** heartbeat is stopped, and Systole started in its place on the same files; or the other way round. */
export function replace(node: NodeName, by: "systole" | "heartbeat", expected: NodeName): Act {
  return {
    id: `replace-${node}-${by}`,
    title: `replace ${node} by ${by === "systole" ? "Systole" : "heartbeat"}`,
    perform: async (lab) => {
      await lab.node(node).stop(60_000);
      lab.node(node).become(by);
      await lab.node(node).start();
    },
    expected: () => expected,
  };
}
