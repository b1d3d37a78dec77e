// With which entry of authkeys a node signs, as somebody hears who listens to its broadcasts.
import {
  CLUSTER1,
  LabError,
  MASTER,
  pause,
  waitFor,
  type Act,
  type Lab,
  type NodeName,
} from "../lab/index.js";
import { Intruder } from "../lab/intruder.js";
import { unharmed } from "./unharmed.js";

const ADDRESSES = { master: MASTER, cluster1: CLUSTER1 } as const;
const PATIENCE_MS = 15_000;
/** heartbeat looks at whole seconds of the file's time. */
const NEXT_SECOND_MS = 1100;

/** The index that a frame's signature names. */
export function indexOf(frame: Buffer): number | undefined {
  const text = frame.toString("latin1");
  const found = text.startsWith("###") ? /%%%\n\d+:(\d+) [0-9a-f]+,/ : /^auth=(\d+) [0-9a-f]+$/m;
  const index = found.exec(text)?.[1];
  return index === undefined ? undefined : Number(index);
}

/** Writes authkeys on one node, lets the daemon read it, and waits until it signs with that entry. */
export function takeKeys(node: NodeName, sign: number, entries: readonly string[]): Act {
  const title = `${node} signs with ${String(sign)} of ${entries.map((entry) => entry.split(" ").slice(0, 2).join(" ")).join(", ")}`;
  return unharmed(`keys-${node}`, title, async (lab) => {
    const text = [`auth ${String(sign)}`, ...entries, ""].join("\n");
    await pause(NEXT_SECOND_MS);
    lab.node(node).write([{ path: "/etc/ha.d/authkeys", text, mode: 0o600 }]);
    lab.node(node).reload();
    await signsWith(lab, node, sign);
  });
}

async function signsWith(lab: Lab, node: NodeName, sign: number): Promise<void> {
  const listener = new Intruder(lab);
  try {
    let seen: readonly (number | undefined)[] = [];
    await waitFor(
      `${node} to sign with ${String(sign)}`,
      () => {
        seen = listener.heard
          .filter(({ from }) => from === ADDRESSES[node])
          .map(({ bytes }) => indexOf(bytes))
          .slice(-5);
        return seen.length === 5 && seen.every((index) => index === sign);
      },
      { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => `it signs with ${JSON.stringify(seen)}` },
    );
  } finally {
    listener.close();
  }
}

/** Both nodes go on for some seconds, and nobody signs with anything else any more. */
export function bothSignWith(sign: number): Act {
  return unharmed("keys-both", `both sign with ${String(sign)} alone`, async (lab) => {
    const listener = new Intruder(lab);
    try {
      await pause(3000);
      for (const [name, address] of Object.entries(ADDRESSES)) {
        const indexes = listener.heard
          .filter(({ from }) => from === address)
          .map(({ bytes }) => indexOf(bytes));
        if (indexes.length === 0 || indexes.some((index) => index !== sign))
          throw new LabError(`${name} signs with ${JSON.stringify([...new Set(indexes)])}`);
      }
    } finally {
      listener.close();
    }
  });
}
