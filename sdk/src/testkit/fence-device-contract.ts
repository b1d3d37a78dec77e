// What every fence device must do, as data: above all, that its yes is the truth.
import { type FenceAction, type FenceDevice, type FenceResult, timeLimit } from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectAnswer, expectEqual, expectThat } from "./expectations.js";

/** A device with two nodes behind it, both switched on; or with one, when it can have no more. */
export interface FenceDeviceSubject {
  readonly device: FenceDevice;
  /** The node that cases fence. */
  readonly node: string;
  /** Another node of the device, which must not notice. Absent: the device is for one node only. */
  readonly bystander?: string;
  /**
   * The actions that the device has; absent: all. It answers `error` to the others. A node that can only end itself has
   * none: whoever is still there to answer has not succeeded.
   */
  readonly actions?: readonly FenceAction[];
  /** Looks whether a node does anything, without asking the device. */
  readonly observe?: (node: string) => Promise<"on" | "off">;
  /** How often a node was switched on so far, without asking the device. */
  readonly boots?: (node: string) => Promise<number>;
  /** From now on whatever the device talks to refuses. */
  readonly break?: () => Promise<void>;
  /** From now on whatever the device talks to takes every request and never answers. */
  readonly stall?: () => Promise<void>;
}

/** What a subject offers: by what it has, and its actions by their names. */
export function fenceDeviceOffers(subject: FenceDeviceSubject): readonly string[] {
  const parts = (["bystander", "observe", "boots", "break", "stall"] as const).filter(
    (part) => subject[part] !== undefined,
  );
  return [...(subject.actions ?? ["off", "on", "reset"]), ...parts];
}

const ACTIONS: readonly FenceAction[] = ["off", "on", "reset"];
const STRANGERS = ["nobody-of-that-name", "", "-o reboot", "../x", "*", "nobody; off", "nobody\noff"];
const live = (): AbortSignal => new AbortController().signal;

function inWords(result: FenceResult): string {
  return result.ok ? "ok" : `${result.kind}: ${result.reason}`;
}

/** Executes; throwing and hanging are breaches of their own. */
function execute(
  { device }: FenceDeviceSubject,
  action: FenceAction,
  node: string,
  signal = live(),
): Promise<FenceResult> {
  return expectAnswer(() => device.execute(action, node, signal), `${action} of ${JSON.stringify(node)}`);
}

async function succeed(subject: FenceDeviceSubject, action: FenceAction, node = subject.node): Promise<void> {
  const result = await execute(subject, action, node);
  expectThat(result.ok, `${action} must succeed; it answered ${inWords(result)}`);
}

function expectFailure(result: FenceResult, kind: string, when: string): void {
  const fits = !result.ok && result.kind === kind;
  expectThat(fits, `${when} must answer ${kind}; it answered ${inWords(result)}`);
  expectThat(!result.ok && result.reason.trim() !== "", `${when} must give a reason`);
}

function status({ device }: FenceDeviceSubject, node: string, signal = live()): Promise<string> {
  return expectAnswer(() => device.status(node, signal), `status of ${JSON.stringify(node)}`);
}

async function seen(subject: FenceDeviceSubject, node: string, power: "on" | "off", when: string) {
  expectEqual(await subject.observe?.(node), power, `${node} as seen from outside ${when}`);
}

/** The nodes of a subject: one, or two. */
function nodesOf({ node, bystander }: FenceDeviceSubject): readonly string[] {
  return bystander === undefined ? [node] : [node, bystander];
}

/** Its nodes as seen from outside, as far as the subject lets one look. */
function situation(subject: FenceDeviceSubject): Promise<readonly unknown[]> {
  const { observe, boots } = subject;
  return Promise.all(nodesOf(subject).flatMap((name) => [observe?.(name), boots?.(name)]));
}

/** A signal that aborts when the call is under way. */
function abortingSoon(): AbortSignal {
  return timeLimit(30);
}

export const fenceDeviceContract: readonly ContractCase<FenceDeviceSubject>[] = [
  {
    id: "lists-its-nodes",
    name: "lists the nodes that it can fence, each once",
    async run(subject) {
      const listed = await expectAnswer(() => subject.device.list(live()), "list");
      for (const name of nodesOf(subject))
        expectEqual(listed.filter((one) => one === name).length, 1, `${name} in the list`);
      expectEqual(new Set(listed).size, listed.length, "names in the list");
    },
  },
  {
    id: "off",
    name: "answers ok to off only when the node is off",
    needs: ["off", "observe"],
    async run(subject) {
      await seen(subject, subject.node, "on", "before");
      await succeed(subject, "off");
      await seen(subject, subject.node, "off", "as soon as off has answered ok");
    },
  },
  {
    id: "status-after-off",
    name: "does not say that a node is on which it has switched off",
    needs: "off",
    async run(subject) {
      await succeed(subject, "off");
      const power = await status(subject, subject.node);
      expectThat(power === "off" || power === "unknown", `status after off is ${power}`);
    },
  },
  {
    id: "off-twice",
    name: "succeeds at switching off what is off",
    needs: "off",
    async run(subject) {
      await succeed(subject, "off");
      await succeed(subject, "off");
    },
  },
  {
    id: "on",
    name: "switches on what was off, and what is on already",
    needs: ["off", "on", "observe"],
    async run(subject) {
      await succeed(subject, "off");
      await succeed(subject, "on");
      await seen(subject, subject.node, "on", "after on");
      await succeed(subject, "on");
      await seen(subject, subject.node, "on", "after a second on");
    },
  },
  {
    id: "reset",
    name: "answers ok to reset only when the node has stopped and was started anew",
    needs: ["reset", "boots"],
    async run(subject) {
      const before = (await subject.boots?.(subject.node)) ?? 0;
      await succeed(subject, "reset");
      const after = (await subject.boots?.(subject.node)) ?? 0;
      expectThat(after > before, `reset answered ok, and ${subject.node} was not started anew`);
    },
  },
  {
    id: "off-spares-others",
    name: "switches off the node that was named and no other",
    needs: ["off", "observe", "bystander"],
    async run(subject) {
      const { bystander = "" } = subject;
      await succeed(subject, "off");
      await seen(subject, bystander, "on", `after off of ${subject.node}`);
      expectThat((await status(subject, bystander)) !== "off", "status of the bystander is off");
    },
  },
  {
    id: "reset-spares-others",
    name: "resets the node that was named and no other",
    needs: ["reset", "boots", "bystander"],
    async run(subject) {
      const { bystander = "" } = subject;
      const before = await subject.boots?.(bystander);
      await succeed(subject, "reset");
      expectEqual(await subject.boots?.(bystander), before, "boots of the bystander");
    },
  },
  {
    id: "two-at-once",
    name: "switches off two nodes that are asked for at the same time",
    needs: ["off", "observe", "bystander"],
    async run(subject) {
      const { node, bystander = "" } = subject;
      await Promise.all([succeed(subject, "off", node), succeed(subject, "off", bystander)]);
      for (const name of [node, bystander]) await seen(subject, name, "off", "after off of both");
    },
  },
  {
    id: "has-the-actions-it-says",
    name: "answers error to an action that it does not have, and does not throw",
    async run(subject) {
      const { actions = ACTIONS, node } = subject;
      for (const action of ACTIONS.filter((one) => !actions.includes(one)))
        expectFailure(await execute(subject, action, node), "error", `${action}, which it does not have,`);
      for (const action of actions.filter((one) => one !== "on")) await succeed(subject, action);
    },
  },
  {
    id: "unknown-node",
    name: "answers unknown-node for a name that it does not know, however odd, and touches nothing",
    async run(subject) {
      const before = await situation(subject);
      for (const stranger of STRANGERS)
        for (const action of subject.actions ?? ACTIONS) {
          const when = `${action} of ${JSON.stringify(stranger)}`;
          expectFailure(await execute(subject, action, stranger), "unknown-node", when);
          expectEqual(await situation(subject), before, `the nodes after ${when}`);
        }
    },
  },
  {
    id: "status-of-unknown",
    name: "says unknown of a node that it does not know",
    async run(subject) {
      for (const stranger of STRANGERS)
        expectEqual(await status(subject, stranger), "unknown", `status of ${JSON.stringify(stranger)}`);
    },
  },
  {
    id: "aborted",
    name: "answers timeout when it is aborted before it began, and does nothing",
    async run(subject) {
      const before = await situation(subject);
      for (const action of subject.actions ?? ACTIONS) {
        const result = await execute(subject, action, subject.node, AbortSignal.abort());
        expectFailure(result, "timeout", `an aborted ${action}`);
        expectEqual(await situation(subject), before, `the nodes after an aborted ${action}`);
      }
    },
  },
  {
    id: "broken",
    name: "answers error, with a reason, when what it talks to refuses",
    needs: "break",
    async run(subject) {
      await subject.break?.();
      for (const action of subject.actions ?? ACTIONS)
        expectFailure(
          await execute(subject, action, subject.node),
          "error",
          `${action} with a broken device`,
        );
      expectEqual(await status(subject, subject.node), "unknown", "status with a broken device");
    },
  },
  {
    id: "stalled",
    name: "answers timeout soon after the abort when what it talks to does not answer",
    needs: "stall",
    async run(subject) {
      await subject.stall?.();
      for (const action of subject.actions ?? ACTIONS) {
        const result = await execute(subject, action, subject.node, abortingSoon());
        expectFailure(result, "timeout", `${action} with a stalled device`);
      }
      expectEqual(await status(subject, subject.node, abortingSoon()), "unknown", "status while stalled");
    },
  },
];
